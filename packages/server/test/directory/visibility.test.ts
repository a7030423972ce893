import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person, TestClock } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";
import { castOf, roomWithCast, type Standing, STANDINGS, WERE_IN } from "./cast.ts";

const KINDS = {
  group: { room_type: "group" },
  "public group": { room_type: "group", is_public: true },
  public: { room_type: "public" },
  incognito: { room_type: "incognito", close_on_leave: false },
  "incognito group": { room_type: "group", scope_kind: "incognito", close_on_leave: false },
} as const;

/** What one person is told of a room by every way to it: statuses, and the lists that have it. */
interface Told {
  get: number;
  alias: number;
  state: number;
  can: number;
  members: number;
  history: number;
  listed: string[];
}

/** AP3, VS2, VS3, MB4 and MB10 in a table of their own. */
function expected(standing: Standing, isPublic: boolean, state: string): Told {
  const all = (status: number): Told => ({
    get: status,
    alias: status,
    state: status,
    can: status,
    members: status,
    history: status,
    listed: [],
  });
  const history = WERE_IN.includes(standing) ? 200 : 403;
  const openToAll = isPublic && state === "open";
  if (standing === "of another tenant") return all(404);
  if (standing === "joined") return { ...all(200), listed: [state] };
  if (standing === "invited" || openToAll) {
    const listed = state === "open" ? ["open"] : [];
    return { get: 200, alias: 200, can: 200, state: 403, members: 403, history, listed };
  }
  return standing === "never in" ? all(404) : { ...all(403), history };
}

async function toldOf(who: Person, room: string, alias: string): Promise<Told> {
  const status = async (path: string): Promise<number> => (await who.get(path)).status;
  const listed: string[] = [];
  for (const state of ["open", "archived", "closed"]) {
    const rooms = assertOk(await who.get(`/v1/directory/rooms?state=${state}&limit=200`)).data as { id: string }[];
    if (rooms.some(({ id }) => id === room)) listed.push(state);
  }
  return {
    get: await status(`/v1/rooms/${room}`),
    alias: await status(`/v1/directory/alias/${encodeURIComponent(alias)}`),
    state: await status(`/v1/rooms/${room}/state`),
    can: await status(`/v1/rooms/${room}/can?action=send`),
    members: await status(`/v1/rooms/${room}/members`),
    history: await status(`/v1/rooms/${room}/messages`),
    listed,
  };
}

for (const [kind, body] of Object.entries(KINDS)) {
  test(`VS1 VS2 VS3 AP3 every way to a room of kind ${kind} tells each person the same, in each state`, async (t) => {
    const clock = new TestClock();
    const { server, alice } = await openStage(t, ["alice"], { clock });
    await server.liftLimits();
    const cast = await castOf(server);
    const room = await roomWithCast(alice, cast, clock, body);
    const { room_alias: alias, is_public: isPublic } = assertOk(await alice.get(`/v1/rooms/${room}`)).data;
    for (const [state, verb] of [["open"], ["archived", "archive"], ["closed", "close"]] as const) {
      if (verb !== undefined) assertOk(await alice.post(`/v1/rooms/${room}/${verb}`));
      for (const standing of STANDINGS) {
        const told = await toldOf(cast[standing], room, alias);
        assert.deepEqual(told, expected(standing, isPublic, state), `${standing}, ${state}`);
      }
    }
  });
}

test("VS3 whoever is out is told nothing of the room: no name, no count, no id of anybody in it", async (t) => {
  const clock = new TestClock();
  const { server, alice } = await openStage(t, ["alice"], { clock });
  await server.liftLimits();
  const cast = await castOf(server);
  const room = await roomWithCast(alice, cast, clock, { name: "Tangerine", topic: "Marmalade" });
  for (const standing of [
    "declined",
    "left",
    "kicked",
    "banned",
    "banned, never in",
    "unbanned",
    "ban over",
  ] as const) {
    for (const path of ["", "/state", "/members", "/can?action=kick"]) {
      const { status, error } = await cast[standing].get(`/v1/rooms/${room}${path}`);
      assert.equal(status, 403);
      assert.deepEqual(Object.keys(error).sort(), ["code", "message", "request_id", "rule"]);
      assert.doesNotMatch(JSON.stringify(error), new RegExp(`Tangerine|Marmalade|${room}|prt-`));
    }
  }
});

test("AP3 MB4 an invitee sees name, topic, type, alias, inviter and count, and no more", async (t) => {
  const clock = new TestClock();
  const { server, alice } = await openStage(t, ["alice"], { clock });
  await server.liftLimits();
  const cast = await castOf(server);
  const room = await roomWithCast(alice, cast, clock, { name: "Tangerine", topic: "Marmalade" });
  const { name, topic, room_type, room_alias, invited_by, members_count, me } = assertOk(
    await cast.invited.get(`/v1/rooms/${room}`),
  ).data;
  assert.deepEqual(
    [name, topic, room_type, invited_by, members_count],
    ["Tangerine", "Marmalade", "group", alice.id, 2],
  );
  assert.match(room_alias, /^#tangerine-/);
  assert.deepEqual([me.membership, me.unread_count, me.mention_count, me.last_read_event_id], ["invite", 0, 0, null]);
});
