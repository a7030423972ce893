/** What holds after every story, whatever happened in it. The ids are those of the list of invariants in README.md. */
import assert from "node:assert/strict";
import { verify } from "@stairwell/server/testing";
import { assertData, assertVerdict, frame } from "./answers.ts";
import { LIMITS, PEOPLE } from "./cast.ts";
import type { Command } from "./commands.ts";
import { answerTo } from "./model.ts";
import type { Stage } from "./stage.ts";
import { frameView } from "./views.ts";
import { isRedacted, type Room, standing, type Who, type World } from "./world.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- rows and answers are looked into in every shape
type Loose = any;

export async function assertInvariants(stage: Stage, world: World): Promise<void> {
  await logsAndRowsAgree(stage);
  await roomsKeepTheirShape(stage);
  await streamsCarriedWhatIsDue(stage, world);
  for (const who of PEOPLE.keys()) await everybodySeesTheirPart(stage, world, who);
}

/** I3 I4 I5 I22: `stairwell verify` has no finding. */
export async function logsAndRowsAgree({ server }: Stage): Promise<void> {
  assert.deepEqual((await verify(server.db)).findings, []);
}

async function roomsKeepTheirShape({ server }: Stage): Promise<void> {
  const rooms = await server.db.all<Loose>("SELECT * FROM rooms");
  const pairs = new Set<string>();
  for (const room of rooms) {
    const of = [room.tenant_no, room.room_no] as const;
    const members = await server.db.all<Loose>("SELECT * FROM members WHERE tenant_no = $1 AND room_no = $2", ...of);
    const log = await server.db.all<Loose>(
      "SELECT position, event_type, sender, content FROM events WHERE tenant_no = $1 AND room_no = $2 ORDER BY position",
      ...of,
    );
    const joined = members.filter(({ membership }: Loose) => membership === "join");
    const seats = members.filter(({ membership }: Loose) => membership === "join" || membership === "invite");
    const isDirect = room.room_type === "dm";

    assert.deepEqual(
      log.map(({ position }) => position),
      log.map((_, i) => i + 1),
      "I2 positions have no gaps",
    );
    assert.equal(room.joined_count, joined.length, "I15 the count of members is that of their rows");
    assert(isDirect || seats.length <= LIMITS.participants, "I15 nobody is in beyond the capacity");
    // The content of an incognito room is not to be read in its store (DEL2).
    if (room.scope_kind === null) assertFrozen(log);
    if (isDirect) {
      const pair = [room.tenant_no, room.dm_low, room.dm_high].join();
      assert.equal(members.length, 2, "I14 a DM has its two sides");
      if (room.state !== "closed") assert(!pairs.has(pair), "I14 a pair has one DM that is not closed");
      if (room.state !== "closed") pairs.add(pair);
    } else if (room.state !== "closed" && joined.length > 0) {
      assert(
        joined.some(({ power_level }: Loose) => power_level === 100),
        "I17 a room with people has an admin",
      );
    }
  }
}

/** I13: what is frozen changes by going, by an heir, by thawing, by closing, and by the admins' redaction. */
function assertFrozen(log: readonly { event_type: string; sender: string; content: string | null }[]): void {
  let state = "open";
  for (const { event_type, sender, content } of log) {
    const body = JSON.parse(content ?? "{}") as Record<string, unknown>;
    if (event_type === "swp.room.state") {
      assert.notEqual(state, "closed", "I13 a closed room stays so");
      state = body.state as string;
    } else if (state !== "open") {
      const isGoing = event_type === "swp.room.member" && body.membership === "leave";
      const isHeir = event_type === "swp.room.power" && body.cause_event_id !== undefined && state === "archived";
      const isWiped = event_type === "swp.room.redaction" && sender.startsWith("@:");
      assert(isGoing || isHeir || isWiped, `I13 ${event_type} came to a room that was ${state}`);
    }
  }
}

/** I19 I21 ST2: everybody's stream carried the events that were due to them, in the order of each room, and no other. */
async function streamsCarriedWhatIsDue(stage: Stage, world: World): Promise<void> {
  await stage.settled();
  for (const [who, stream] of stage.streams) {
    stream.check();
    const came = stream.events.map((event) => ({ ...event, event_type: event.type }));
    for (const room of world.rooms.values()) {
      const isSure = (position: number): boolean => room.log[position - 1]!.perhaps?.includes(who) !== true;
      const here = came
        .filter((event: Loose) => stage.book.named(event.room_id) === room.key)
        .filter(({ stream_position }: Loose) => isSure(stream_position));
      const due = room.log.flatMap(({ due }, i) =>
        due.includes(who) && isSure(i + 1) ? [frameView(room, i + 1)] : [],
      );
      const carried = here.map((event) => ({ ...frame(event), content: leftOf(room, event) }));
      assert.deepEqual(stage.book.named(carried), stage.book.named(due), `I19 ${who}`);
    }
  }
}

/** What a frame said, without what was taken away since: when it came that may have been there. */
function leftOf(room: Room, { stream_position: position, content }: Loose): unknown {
  const { content: left } = room.log[position - 1] ?? {};
  if (left === null) return null;
  const { reason, ...rest } = content;
  return reason === undefined || left?.reason !== undefined ? content : isRedacted(room, position) ? rest : content;
}

/** Positions of the events that were answered. */
function answered({ log }: Room): number[] {
  return [...new Set(log.flatMap(({ replyTo }) => replyTo ?? []))];
}

/** What each person sees of every room, of the lists and of their counts is what the model says, and agrees with itself. */
async function everybodySeesTheirPart(stage: Stage, world: World, who: Who): Promise<void> {
  const ask = async (command: Command): Promise<Loose> => {
    const due = answerTo(structuredClone(world), command);
    const answer = await stage.act(command);
    try {
      assertVerdict(answer, due);
      assertData(command, answer, due, stage.book);
    } catch (cause) {
      throw new Error(`in the end ${JSON.stringify(command)}: ${(cause as Error).message}`, { cause });
    }
    return answer;
  };
  if (world.out.has(who)) return void (await ask({ do: "unread", by: who }));
  const rooms = [...world.rooms.values()];
  const part = rooms.filter((room) => room.members.has(who) || standing(world, room, who) === "outsider");
  const [looks, listed, unread] = await Promise.all([
    Promise.all(rooms.map(({ key }) => ask({ do: "look", by: who, room: key }))),
    ask({ do: "directory", by: who, state: "open" }),
    ask({ do: "unread", by: who }),
    ask({ do: "directory", by: who, state: "closed" }),
    ask({ do: "archived", by: who }),
    ask({ do: "inbox", by: who }),
    ...[...world.media.keys(), "m9"].map((media) => ask({ do: "medium", by: who, media })),
    ...rooms.map(({ key }) => ask({ do: "alias", by: who, room: key })),
    ...rooms.map(({ key }) => ask({ do: "bans", by: who, room: key })),
    ...part.map(({ key }) => ask({ do: "history", by: who, room: key, forward: true, limit: 200 })),
    ...part.flatMap((room) =>
      answered(room).map((thread) =>
        ask({ do: "history", by: who, room: room.key, forward: true, limit: 200, thread }),
      ),
    ),
    ...part.map(({ key }) => ask({ do: "members", by: who, room: key, membership: "join" })),
  ]);

  const visible = looks.filter(({ status }) => status === 200).map(({ data }) => data);
  const ids = (of: Loose[]): string[] => of.map(({ id }) => id as string).sort((a, b) => (a < b ? -1 : 1));
  assert.deepEqual(ids(listed.data), ids(visible.filter(({ state }) => state === "open")), "I20 visible is listed");
  const counts = visible.filter(({ state, me }) => state === "open" && me !== undefined).map(({ me }) => me);
  const sum = (of: "unread_count" | "mention_count", isMuted: boolean): number =>
    counts.reduce((total, me) => total + ((me.muted_until !== null) === isMuted ? me[of] : 0), 0);
  const sums = {
    unread_count: sum("unread_count", false),
    mention_count: sum("mention_count", false),
    muted_unread_count: sum("unread_count", true),
    muted_mention_count: sum("mention_count", true),
  };
  assert.deepEqual(unread.data.totals, sums, "RD2 RD3 totals are sums");
}
