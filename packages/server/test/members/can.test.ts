import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { type Situation, SITUATIONS } from "./can-situations.ts";
import { startVerified } from "./room-under-test.ts";

type Call = (situation: Situation) => ReturnType<Person["get"]>;

/** What each action that `can` names is in calls. */
const TRIES: Record<string, Call> = {
  send: ({ room, who }) => who.post(room.path("/send"), { content: { body: "Hello." } }),
  invite: ({ room, who, stranger }) => who.post(room.path("/invite"), { participant_id: stranger.id }),
  kick: ({ room, who, other }) => who.post(room.path("/kick"), { participant_id: other.id }),
  ban: ({ room, who, other }) => who.post(room.path("/ban"), { participant_id: other.id }),
  rename: ({ room, who }) => who.put(room.path("/name"), { name: "Another name" }),
  set_topic: ({ room, who }) => who.put(room.path("/topic"), { topic: "Another topic" }),
  set_power: ({ room, who, other }) => who.put(room.path(`/members/${other.id}/power-level`), { power_level: 1 }),
  archive: ({ room, who }) => who.post(room.path("/archive")),
  close: ({ room, who }) => who.post(room.path("/close")),
  // Last, since on an open room it is a join (LC5), which is no restore.
  restore: ({ room, who }) => who.post(room.path("/rejoin")),
};

/** How alice brings a room into each state, and what somebody can do then. */
const STATES = {
  open: { verbs: [], possible: Object.keys(TRIES).filter((action) => action !== "restore") },
  archived: { verbs: ["archive"], possible: ["close", "restore"] },
  closed: { verbs: ["close"], possible: [] },
};

for (const [state, { verbs, possible }] of Object.entries(STATES)) {
  test(`me.can says of a room that is ${state} what the calls then answer`, async (t) => {
    const server = await startVerified(t);
    const alice = await server.person("alice").signIn();
    await server.liftLimits();
    const done = new Set<string>();
    for (const [name, make] of SITUATIONS) {
      const begin = async () => {
        const situation = await make(server);
        for (const verb of verbs) assertOk(await alice.post(situation.room.path(`/${verb}`)));
        return situation;
      };
      const situation = await begin();
      const can = ((await situation.who.get(situation.room.path())).data?.me?.can ?? {}) as Record<string, boolean>;
      for (const [action, attempt] of Object.entries(TRIES)) {
        const at = can[action] === true ? await begin() : situation;
        const trace = () => (action === "restore" ? at.room.state() : at.room.head());
        const before = await trace();
        const answer = await attempt(at);
        const changed = (await trace()) !== before;
        const what = `${name}, ${state}: ${action} answered ${answer.status} ${answer.error?.code ?? ""}`;
        assert.equal(changed, can[action] === true, what);
        if (changed) done.add(action);
        else if (action !== "restore") assert(answer.status >= 400 || isRepeat(action, state), what);
      }
    }
    assert.deepEqual(done, new Set(possible));
  });
}

/** LC4: what holds already answers 200 and changes nothing. */
function isRepeat(action: string, state: string): boolean {
  return (action === "archive" && state === "archived") || (action === "close" && state === "closed");
}

test("GET can answers as me.can does, and gives the reason that the call itself gives", async (t) => {
  const server = await startVerified(t);
  await server.person("alice").signIn();
  await server.liftLimits();
  for (const [name, make] of SITUATIONS) {
    const situation = await make(server);
    const { room, who } = situation;
    const seen = await who.get(room.path());
    const can = (seen.data?.me?.can ?? {}) as Record<string, boolean>;
    for (const [action, attempt] of Object.entries(TRIES)) {
      const ask = () => who.get(room.path(`/can?action=${action}`));
      if (seen.status !== 200) {
        await room.refuses(ask, seen.status, seen.error.code, seen.error.rule);
        continue;
      }
      const asked = await room.changesNothing(ask);
      assert.equal(asked.data.allowed, can[action] === true, `${name}: ${action}`);
      if (asked.data.allowed || action === "restore") continue;
      const { error } = await attempt(situation);
      assert.deepEqual(
        { code: asked.data.code, rule: asked.data.rule, needed: asked.data.needed, actual: asked.data.actual },
        { code: error.code, rule: error.rule ?? null, needed: error.needed ?? null, actual: error.actual ?? null },
        `${name}: ${action}`,
      );
    }
  }
});
