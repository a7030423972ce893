import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "@stairwell/protocol/api";
import { ClientFrames } from "@stairwell/protocol/stream";
import { assertOk, type Person, StreamClient } from "@stairwell/testing";
import { ask } from "../crossing/ask.ts";
import { type Ids, namingKeys, namingRoutes, pathKinds, pathOf, type Row } from "../crossing/rows.ts";
import { openStage, unchanged } from "../support/stage.ts";

const FREEZERS = { archived: "archive", closed: "close" } as const;
type State = keyof typeof FREEZERS;

/** One's own settings, and going; and what was said before, which is none of a room's changes. */
const OWN = ["leaveRoom", "markRead", "setNotificationMode", "setMute", "backfillRoom"];
/** What LC1 leaves of the changes in a frozen room, and a repeat of what holds (LC4); every other call is refused. */
const ALLOWED: Readonly<Record<State, readonly string[]>> = {
  archived: [...OWN, "rejoinRoom", "restoreRoom", "archiveRoom", "closeRoom", "redactManagedEvent"],
  closed: [...OWN, "closeRoom", "redactManagedEvent"],
};

/** Of a room whose server has shown two logs, frozen or not, and of no other. */
const OF_TWO_LOGS = "chooseBranch";

/** Every call by which somebody changes something of a room; a new one is in here by itself. */
function writingRoutes(): { route: Route; row: Row }[] {
  return namingRoutes()
    .filter(({ route }) => route.access !== "read" && route.method !== "GET" && route.operationId !== OF_TWO_LOGS)
    .filter(({ route }) => pathKinds(route).includes("room") || namingKeys(route).includes("room_id"))
    .flatMap(({ route, rows }) => {
      assert(rows.length > 0, `${route.operationId} has no row in crossing/rows.ts`);
      return rows.map((row) => ({ route, row }));
    });
}

async function frozenRoom(alice: Person, bob: Person, carol: Person, state: State): Promise<Ids> {
  const room = await alice.roomWith([bob, carol]);
  const event = (await alice.say(room, "Last words.")).id as string;
  const { room_alias: alias } = assertOk(await alice.get(`/v1/rooms/${room}`)).data;
  assertOk(await alice.post(`/v1/rooms/${room}/${FREEZERS[state]}`));
  const workspace = alice.me.personal_workspace_id as string;
  return {
    room,
    event,
    participant: carol.id,
    fqid: carol.me.fqid as string,
    alias,
    workspace,
    token: "",
    media: "med-x",
  };
}

for (const state of Object.keys(FREEZERS) as State[]) {
  test(`LC1 of all calls that change a room, one that is ${state} takes those it names and no other`, async (t) => {
    const { server, alice, bob, carol, admin } = await openStage(t, ["alice", "bob", "carol", "admin"]);
    await server.liftLimits();
    const send = (who: Person, route: Route, row: Row, ids: Ids) =>
      ask(server, who.name, route.method, pathOf(route, row, ids), row.body?.(ids));

    const allowed = new Set<string>();
    const ids = await frozenRoom(alice, bob, carol, state);
    for (const { route, row } of writingRoutes()) {
      const { operationId } = route;
      if (ALLOWED[state].includes(operationId)) {
        const fresh = await frozenRoom(alice, bob, carol, state);
        const { status, text } = await send(route.access === "admin" ? admin : alice, route, row, fresh);
        assert.equal(status, 200, `${operationId} ${text}`);
        allowed.add(operationId);
        continue;
      }
      // For an admin and for a member with no power at all: the freeze is told before anything about power (AP1).
      for (const who of route.access === "admin" ? [admin] : [alice, bob]) {
        const { status, text } = await unchanged(server, () => send(who, route, row, ids));
        const { error } = JSON.parse(text) as { error: { code: string; rule: string } };
        assert.deepEqual([status, error.code, error.rule], [409, "SW_ROOM_FROZEN", "LC1"], `${operationId} ${text}`);
      }
    }
    assert.deepEqual([...allowed].toSorted(), ALLOWED[state].toSorted(), "each exception was asked");
  });

  test(`LC1 ST6 nor does the stream change a room that is ${state}, but for one's own marker`, async (t) => {
    const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
    const { room, event } = await frozenRoom(alice, bob, carol, state);
    const stream = await StreamClient.open(t, bob);
    const frames: Readonly<Record<string, object>> = {
      send: { room_id: room, content: { body: "One more." } },
      typing: { room_id: room, typing: true },
      read: { room_id: room, event_id: event },
    };
    for (const [type, { properties }] of Object.entries(ClientFrames)) {
      if (!("room_id" in properties)) continue;
      assert(type in frames, `what does ${type} do in a frozen room?`);
      const frame = { type, ...frames[type] };
      if (type === "read") {
        assert.equal((await stream.ask(frame)).type, "ack");
        continue;
      }
      const { error } = await unchanged(server, () => answerTo(stream, frame, "ref" in properties));
      assert.deepEqual([error.code, error.rule], ["SW_ROOM_FROZEN", "LC1"], type);
    }
  });
}

/** What a frame is answered; one without a ref by the next error. */
function answerTo(stream: StreamClient, frame: object, hasRef: boolean) {
  if (hasRef) return stream.ask(frame);
  stream.say(frame);
  return stream.find("error");
}
