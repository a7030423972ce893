import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reader, Value } from "../../src/db/index.ts";
import { countArchived, listArchived } from "../../src/directory/archived.store.ts";
import { countPart, listPart, type RoomsQuery } from "../../src/directory/rooms.store.ts";
import { countReplies, countRepliesUpTo, listReplies } from "../../src/messages/replies.store.ts";
import { listInvites as listOpenInvites, listMentionHeads, listMentionsIn } from "../../src/inbox/inbox.store.ts";
import { listMentions } from "../../src/reading/mentions.store.ts";
import {
  countMentions,
  countWiped,
  listMentionIds,
  listUnread,
  listUnreadIds,
} from "../../src/reading/unread.store.ts";
import { countOpenRooms, countRoomsIn, findDm, listStandings, type MembersPage } from "../../src/state/index.ts";
import { listHeirs } from "../../src/state/heirs.store.ts";
import { countMembers, listMembers } from "../../src/state/member-lists.store.ts";
import { countInvitesBy } from "../../src/state/members.store.ts";
import { listRoomSettings } from "../../src/stream/listener.store.ts";
import { openStore } from "../support/store.ts";

/** A reader that asks the engine how it would read, and reads nothing. */
class Planner implements Reader {
  readonly #reader: Reader;
  readonly plans = new Map<string, string[]>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  async get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    await this.all(sql, ...values);
    return sql.startsWith("SELECT count") ? ({ n: 0 } as Row) : undefined;
  }

  async all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    const steps = await this.#reader.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
    this.plans.set(
      sql,
      steps.map(({ detail }) => detail),
    );
    return [];
  }
}

/** A step that looks at every row of a table, or at every row that a tenant has of it; bounded parts have a name. */
const WHOLE = /^SCAN (?!(?:found|own|everybody)$|\(subquery|CONSTANT ROW)|PRIMARY KEY \(tenant_no=\?\)$/;

const QUERIES: readonly RoomsQuery[] = (["activity", "name", "members"] as const).flatMap((sort) =>
  ([undefined, "join", "invite", "none"] as const).flatMap((membership) =>
    (["open", "closed"] as const).flatMap((state) => [
      { sort, membership, state, q: undefined, roomType: undefined, workspaceId: undefined },
      { sort, membership, state, q: "a", roomType: "group", workspaceId: undefined },
      { sort, membership, state, q: undefined, roomType: undefined, workspaceId: "ws" },
    ]),
  ),
);
const PAGES: readonly MembersPage[] = (["join", "invite", "leave", "ban"] as const).flatMap((membership) => [
  { membership, now: 0, limit: 2 },
  { membership, now: 0, limit: 2, q: "a", after: 1 },
]);

test("no list and no count walks a whole table, nor all that a tenant has in one", async (t) => {
  const { db } = await openStore(t);
  const planner = new Planner(db);
  const who = { tenantNo: 1, participantNo: 2 };
  const room = { tenantNo: 1, roomNo: 3, roomId: "room" as never };
  for (const query of QUERIES) {
    for (const part of ["own", "own and unlisted", "public", "public of others"] as const) {
      for (const after of [undefined, { sortKey: 1, roomNo: 2 }]) await listPart(planner, part, who, query, after, 9);
      await countPart(planner, part, who, query, 9);
    }
  }
  for (const after of [undefined, { archivedAt: 1, roomNo: 2 }]) await listArchived(planner, who, after, 9);
  await countArchived(planner, who, 9);
  for (const page of PAGES) {
    await listMembers(planner, room, page);
    await countMembers(planner, room, page, 9);
  }
  await listHeirs(planner, room, 2, 9);
  await findDm(planner, 1, 2, 3);
  await countInvitesBy(planner, room, "@a:b" as never);
  await countOpenRooms(planner, 1, "acme.example");
  await countRoomsIn(planner, 1, "ws");
  await countRoomsIn(planner, 1, "ws", 2);
  await listUnread(planner, 1, 2);
  await countMentions(planner, room, 2, 1);
  await countWiped(planner, room, 1);
  await listUnreadIds(planner, room, 1, 9);
  await listMentionIds(planner, room, 2, 1, 9);
  await listMentions(planner, room, 1);
  const owner = { ...who, fqid: "@a:b" as never };
  await listMentionHeads(planner, owner, 9);
  await listMentionsIn(planner, owner, { roomNo: 3, joinedPosition: 2, seq: 5 }, 9, 9);
  await listOpenInvites(planner, owner, 9, 9);
  for (const positions of [
    [1, 9],
    [1, 999],
  ]) {
    await countReplies(planner, room, positions, 9);
  }
  await countRepliesUpTo(planner, room, 1, 9);
  for (const direction of ["back", "forward"] as const) {
    await listReplies(planner, room, 1, { from: 2, direction, limit: 9 });
  }
  await listStandings(planner, 1, 2);
  await listRoomSettings(planner, 1, 2);

  assert(planner.plans.size > 60, `only ${planner.plans.size} statements were seen`);
  const walks = [...planner.plans].filter(([, steps]) => steps.some((step) => WHOLE.test(step)));
  assert.deepEqual(walks, []);
});
