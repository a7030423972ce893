import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person, type TestServer } from "@stairwell/testing";
import { openStage, unchanged } from "../support/stage.ts";
import { ask, type RawAnswer } from "./ask.ts";
import { type Ids, namingRoutes, pathKinds, pathOf } from "./rows.ts";

/** How somebody came to be no member, and by which rule they are then refused. */
const WAYS = {
  left: "VS3",
  kicked: "VS3",
  declined: "VS3",
  revoked: "VS3",
  unbanned: "VS3",
  banned: "MB2",
  "banned, never in": "MB2",
} as const;
type Way = keyof typeof WAYS;

const WERE_IN: readonly Way[] = ["left", "kicked", "unbanned", "banned"];
const STATES = ["open", "archived", "closed"] as const;
type State = (typeof STATES)[number];

/** Calls that answer something else than that refusal, and to whom: what MB8 and MB10 leave to them. */
const ALLOWED: Readonly<Record<string, (way: Way) => boolean>> = {
  leaveRoom: (way) => WAYS[way] === "VS3",
  listMessages: (way) => WERE_IN.includes(way),
  getEvent: (way) => WERE_IN.includes(way),
  listFiles: (way) => WERE_IN.includes(way),
};

for (const way of Object.keys(WAYS) as Way[]) {
  test(`VS3 one who is ${way} is told of a hidden room only that they are out, in every state of it`, async (t) => {
    const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
    await server.liftLimits();
    const worlds = new Map<State, Ids>();
    for (const state of STATES) worlds.set(state, await roomWithout(alice, bob, carol, way, state));
    await unchanged(server, async () => {
      for (const { route, rows } of namingRoutes()) {
        for (const row of rows) {
          // An administrator's calls ask for the role, and not for who is in.
          if (route.access === "admin") continue;
          if (![...pathKinds(route), ...(row.names ?? [])].includes("room")) continue;
          const askIn = (ids: Ids): Promise<RawAnswer> =>
            ask(server, "bob", route.method, pathOf(route, row, ids), row.body?.(ids));
          // One after the other: of what a person may do only so often at one time (BU6) three at once would be told first.
          const answers: RawAnswer[] = [];
          for (const ids of worlds.values()) answers.push(await askIn(ids));
          if (ALLOWED[route.operationId]?.(way) === true) {
            for (const { status } of answers) assert.equal(status, 200, route.operationId);
            continue;
          }
          for (const answer of answers) assert.deepEqual(answer, answers[0], route.operationId);
          assertToldOnlyThat(answers[0]!, WAYS[way], route.operationId);
        }
      }
    });
    await assertUnlisted(server, bob, worlds);
  });
}

function assertToldOnlyThat({ status, text }: RawAnswer, rule: string, call: string): void {
  assert.equal(status, 403, `${call} ${text}`);
  const { error } = JSON.parse(text) as { error: Record<string, unknown> };
  assert.deepEqual(Object.keys(error).sort(), ["code", "message", "request_id", "rule"], call);
  assert.equal(error.code, "SW_ROOM_FORBIDDEN", call);
  assert.equal(error.rule, rule, call);
}

/** No list of the caller's has one of these rooms, and none of their aliases leads there. */
async function assertUnlisted(server: TestServer, who: Person, worlds: ReadonlyMap<State, Ids>): Promise<void> {
  for (const [state, { alias }] of worlds) {
    assert.deepEqual(assertOk(await who.get(`/v1/directory/rooms?state=${state}`)).data, []);
    const byAlias = await ask(server, who.name, "GET", `/v1/directory/alias/${encodeURIComponent(alias)}`);
    assert.equal(byAlias.status, 403);
  }
  assert.deepEqual(assertOk(await who.get("/v1/rooms/archived")).data, []);
  assert.deepEqual(assertOk(await who.get("/v1/rooms/unread")).data.rooms, []);
}

/** A private room with a message, that `who` is out of in this way, and that came into this state afterwards. */
async function roomWithout(admin: Person, who: Person, other: Person, way: Way, state: State): Promise<Ids> {
  const room = await admin.roomWith(WERE_IN.includes(way) ? [who, other] : [other], {
    name: `The ${way} and ${state}`,
  });
  const target = { participant_id: who.id };
  const call = async (by: Person, verb: string, body?: object) =>
    assertOk(await by.post(`/v1/rooms/${room}/${verb}`, body));
  const event = (await admin.say(room, "before")).id as string;
  if (way === "declined" || way === "revoked") await call(admin, "invite", target);
  if (way === "left" || way === "declined") await call(who, "leave");
  if (way === "kicked" || way === "revoked") await call(admin, "kick", target);
  if (way === "banned" || way === "banned, never in" || way === "unbanned") await call(admin, "ban", target);
  if (way === "unbanned") await call(admin, "unban", target);
  if (state !== "open") await call(admin, state === "archived" ? "archive" : "close");
  const { room_alias: alias } = assertOk(await admin.get(`/v1/rooms/${room}`)).data;
  return {
    room,
    event,
    participant: other.id,
    fqid: other.me.fqid,
    alias,
    workspace: who.me.personal_workspace_id,
    token: "",
    media: "med-x",
  };
}
