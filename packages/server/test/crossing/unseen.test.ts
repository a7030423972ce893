import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFqid } from "@stairwell/protocol";
import type { Route } from "@stairwell/protocol/api";
import type { TestServer } from "@stairwell/testing";
import { foreigner, openStage, unchanged } from "../support/stage.ts";
import { ask, type RawAnswer } from "./ask.ts";
import { type Ids, type Kind, namingRoutes, pathKinds, pathOf, type Row } from "./rows.ts";
import { buildWorld, type World } from "./world.ts";

/** Ids of the right form that nobody was ever given. */
const UNKNOWN: Ids = {
  room: "room-01890a5d-ac96-774b-bcce-b302099a8057",
  event: "evt-01890a5d-ac96-774b-bcce-b302099a8057",
  participant: "prt-01890a5d-ac96-774b-bcce-b302099a8057",
  fqid: "@nobody:dev.localhost",
  workspace: "ws-01890a5d-ac96-774b-bcce-b302099a8057",
  alias: "#nothing:dev.localhost",
  token: "tok-01890a5d-ac96-774b-bcce-b302099a8057",
  media: "med-01890a5d-ac96-774b-bcce-b302099a8057",
};

const CODES: Readonly<Record<Kind, [code: string, message: string]>> = {
  room: ["SW_ROOM_NOT_FOUND", "There is no such room."],
  event: ["SW_EVENT_NOT_FOUND", "There is no such event."],
  participant: ["SW_PARTICIPANT_NOT_FOUND", "There is no such participant."],
  fqid: ["SW_PARTICIPANT_NOT_FOUND", "There is no such participant."],
  workspace: ["SW_WORKSPACE_NOT_FOUND", "There is no such workspace."],
  alias: ["SW_ROOM_NOT_FOUND", "There is no such room."],
  token: ["SW_NOT_FOUND", "There is no such token."],
  media: ["SW_MEDIA_NOT_FOUND", "There is no such media."],
};

/** Texts that are no id, beside one that is: nobody checks the form of an id. */
function malformed(real: string): Record<string, string> {
  const beside = [`../${real}`, `${real}\0`, ` ${real}`, `${real} `, `${real}/`, `${real}%00`, `${real}x`];
  const words = ["null", "undefined", "constructor", "__proto__", ":room_id", "' OR 1=1 --", "x".repeat(255)];
  const marks = [" ", "\t", "\u200b", ".", "..", "../", "\0", "%", "%00", "_", "*", "\u{1f9d7}"];
  const odd = [...marks, ...words, ...beside, real.toUpperCase(), real.slice(0, -1)];
  return Object.fromEntries(odd.map((text) => [JSON.stringify(text), text]));
}

/** Everything that can stand in the place of an id of this kind, by what it is. */
function unseen(kind: Kind, { seen, hidden }: World, isInPath: boolean, isAdmins: boolean): Record<string, string> {
  // An administrator's calls see all of their own tenant (AP3).
  const there = Object.entries(hidden[kind]).filter(([what]) => !isAdmins || what.includes("another tenant"));
  const tooLong = isInPath ? { "10 KiB": "x".repeat(10 * 1024) } : {};
  const all = { ...Object.fromEntries(there), ...malformed(seen[kind]), ...tooLong };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => kind !== "fqid" || !isOfAnotherServer(text)));
}

/** Whoever is of another server, another tenant of this deployment too, is answered alike: that the room is not federated. */
function isOfAnotherServer(text: string): boolean {
  const name = parseFqid(text);
  return name !== undefined && name.serverName !== "dev.localhost";
}

for (const viewer of ["alice", "admin"] as const) {
  test(`AP2 AP3 whatever ${viewer} cannot see answers as what is not there, to every call`, async (t) => {
    const { server, bob, carol, ...people } = await openStage(t, ["alice", "admin", "bob", "carol"]);
    const eve = await foreigner(server, "eve");
    const world = await buildWorld(server, people[viewer], { bob, carol, eve });
    await server.liftLimits();
    const asked = await unchanged(server, async () => {
      let count = 0;
      for (const { route, rows } of namingRoutes()) {
        for (const row of rows) count += await compareAll(server, viewer, route, row, world);
      }
      return count;
    });
    assert(asked > 1000, `only ${asked} requests were compared`);
  });
}

/** Asks with each unseen id in each place; the rest of the request is seen. Answers how many answers were compared. */
async function compareAll(server: TestServer, viewer: string, route: Route, row: Row, world: World): Promise<number> {
  const inPath = pathKinds(route);
  const isAdmins = route.access === "admin";
  let count = 0;
  for (const kind of new Set([...inPath, ...(row.names ?? [])])) {
    if (row.elsewhere?.includes(kind)) continue;
    const answerTo = (named: Partial<Ids>): Promise<RawAnswer> => {
      const ids = { ...world.seen, ...named };
      return ask(server, viewer, route.method, pathOf(route, row, ids), row.body?.(ids));
    };
    const unknown = await answerTo({ [kind]: UNKNOWN[kind] });
    if (isAdmins && viewer !== "admin") {
      assert.equal(unknown.status, 403, route.operationId);
      assert.deepEqual(await answerTo({}), unknown, `${route.operationId}: what is there`);
    } else assertUnknown(unknown, kind, row, route.operationId);
    for (const [what, id] of Object.entries(unseen(kind, world, inPath.includes(kind), isAdmins))) {
      assert.deepEqual(await answerTo({ [kind]: id }), unknown, `${route.operationId}: ${kind} ${what}`);
      count++;
    }
    if (kind === "room" && !isAdmins)
      assert.deepEqual(await answerTo(world.hiddenTogether), unknown, `${route.operationId}: what belongs to it`);
  }
  return count;
}

function assertUnknown({ status, text }: RawAnswer, kind: Kind, { data }: Row, call: string): void {
  const answer = JSON.parse(text) as { data?: unknown; error?: unknown };
  if (data !== undefined && kind in data) {
    assert.equal(status, 200, call);
    return assert.deepEqual(answer.data, data[kind], call);
  }
  const [code, message] = CODES[kind];
  assert.equal(status, 404, call);
  assert.deepEqual(answer, { error: { code, message, request_id: "the-same-for-all" } }, call);
}
