import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, ChildServer, FaultProxy, type Person } from "@stairwell/testing";
import { ANN, BOB, bodiesOf, idOf, say } from "./pair.ts";
import { until } from "./settle.ts";
import { World } from "./world.ts";

const CARL = "@carl:b.localhost";
const OPEN = { default_mode: "open" };

/** People of two tenants, whichever servers those are on, made anew after one was started again. */
interface Cast {
  ann: Person;
  admin: Person;
  bob: Person;
  carl: Person;
}

type Logged = { id: string; hash: string; stream_position: number };

/** The newest event that somebody sees of a room. */
async function headOf(person: Person, room: string): Promise<string> {
  const { data } = assertOk(await person.get(`/v1/rooms/${room}/messages?limit=1`));
  const [newest] = data as Logged[];
  return `${newest?.stream_position} ${newest?.hash}`;
}

/** Waits until two people see the same end of a room; answers it. */
function agreed(one: Person, other: Person, room: string): Promise<string> {
  return until(async () => {
    const [a, b] = [await headOf(one, room), await headOf(other, room)];
    return a === b ? a : undefined;
  }, "an equal head");
}

/** As `agreed`, of all of the log: what is not listed, as a redaction, stands before a message that is. */
async function level({ ann, bob }: Cast, room: string, mark: string): Promise<string> {
  await say(ann, room, mark);
  return agreed(ann, bob, room);
}

async function invited(person: Person, room: string): Promise<void> {
  await until(
    async () => ((await person.get(`/v1/rooms/${room}`)).status === 200 ? true : undefined),
    `the invite of ${person.name}`,
  );
}

/** A room of ann's, with bob and carl of the other server in it. */
async function share({ ann, admin, bob, carl }: Cast): Promise<string> {
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  for (const [fqid, person] of [
    [BOB, bob],
    [CARL, carl],
  ] as const) {
    assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid }));
    await invited(person, room);
    assertOk(await person.post(`/v1/rooms/${room}/join`));
  }
  return room;
}

/** What people do in a room, from both sides. */
async function live({ ann, bob }: Cast, room: string, round: string): Promise<void> {
  const at = `/v1/rooms/${room}`;
  const mine = await say(ann, room, `${round}: from ann`);
  await agreed(ann, bob, room);
  const his = await say(bob, room, `${round}: from bob`);
  const gone = await say(bob, room, `${round}: gone`);
  assertOk(await bob.post(`${at}/events/${his}/edit`, { content: { body: `${round}: from bob, better` } }));
  assertOk(await bob.post(`${at}/events/${mine}/reaction`, { emoji: "👍" }));
  await agreed(ann, bob, room);
  assertOk(await ann.post(`${at}/events/${his}/reaction`, { emoji: "🎉" }));
  assertOk(await ann.post(`${at}/events/${gone}/redact`, {}));
  await agreed(ann, bob, room);
}

/** Names, power, a kick and a ban, which only the hub's order makes the same everywhere. */
async function rule({ ann, bob, carl }: Cast, room: string): Promise<void> {
  const at = `/v1/rooms/${room}`;
  const bobAtA = await idOf(ann, room, BOB);
  const carlAtA = await idOf(ann, room, CARL);
  assertOk(await ann.put(`${at}/members/${bobAtA}/power-level`, { power_level: 50 }));
  await agreed(ann, bob, room);
  assertOk(await bob.put(`${at}/name`, { name: "Ours" }));
  const carlAtB = await idOf(bob, room, CARL);
  assertOk(await bob.post(`${at}/kick`, { participant_id: carlAtB }));
  assertOk(await ann.post(`${at}/invite`, { participant_id: carlAtA }));
  await agreed(ann, bob, room);
  assertOk(await carl.post(`${at}/join`));
  assertOk(await ann.post(`${at}/ban`, { participant_id: carlAtA, reason: "enough" }));
  await agreed(ann, bob, room);
  const refused = await carl.post(`${at}/send`, { content: { body: "still?" } });
  assert.ok(refused.status === 403, `a banned person is refused: ${refused.status}`);
  for (const person of [ann, bob]) {
    assert.equal((assertOk(await person.get(at)).data as { name: string }).name, "Ours");
  }
}

async function sameHistory({ ann, bob }: Cast, room: string): Promise<string[]> {
  const [here, there] = [await bodiesOf(ann, room), await bodiesOf(bob, room)];
  assert.deepEqual(there, here);
  const said = here.filter((body) => body !== null) as string[];
  assert.equal(new Set(said).size, said.length, "each is there once");
  return said;
}

async function signIn({ ann, admin, bob, carl }: Cast): Promise<void> {
  for (const person of [ann, admin, bob, carl]) await person.signIn();
}

test("FD13 FD14 FD18 two processes share a room through kill -9 of its hub and a link that is cut, and agree", async (t: TestContext) => {
  const [toA, toB] = [await FaultProxy.start(t, "http://127.0.0.1:1"), await FaultProxy.start(t, "http://127.0.0.1:1")];
  const hosts = { "a.localhost": toA.url, "b.localhost": toB.url };
  const [a, b] = [await ChildServer.start(t, { hosts }), await ChildServer.start(t, { hosts })];
  [toA.target, toB.target] = [a.url, b.url];
  const cast = (): Cast => ({
    ann: a.person("ann", "a"),
    admin: a.person("admin", "a"),
    bob: b.person("bob", "b"),
    carl: b.person("carl", "b"),
  });
  let all = cast();
  await signIn(all);
  await b.person("admin", "b").signIn();
  assertOk(await all.admin.put("/v1/admin/federation/policy", { ...OPEN, members_may_invite: true }));
  assertOk(await b.person("admin", "b").put("/v1/admin/federation/policy", OPEN));
  const room = await share(all);
  await live(all, room, "first");
  await rule(all, room);
  t.diagnostic(`head after the first: ${await level(all, room, "mark 1")}`);

  await a.kill("SIGKILL");
  const kept: string[] = [];
  for (let i = 0; i < 5; i++) {
    const body = `while the hub is dead ${i}`;
    const answer = await all.bob.post(`/v1/rooms/${room}/send`, { content: { body } });
    assert.equal(answer.status, 202);
    kept.push(body);
  }
  await a.startAgain();
  toA.target = a.url;
  all = cast();
  await until(async () => {
    const bodies = await bodiesOf(all.ann, room);
    return kept.every((body) => bodies.includes(body)) ? true : undefined;
  }, "what was kept");
  t.diagnostic(`head after kill -9 of the hub: ${await level(all, room, "mark 2")}`);
  await live(all, room, "second");

  toA.fault = toB.fault = "down";
  for (let i = 0; i < 3; i++) {
    await say(all.ann, room, `from ann while cut ${i}`);
    assert.equal(
      (await all.bob.post(`/v1/rooms/${room}/send`, { content: { body: `bob while cut ${i}` } })).status,
      202,
    );
  }
  await b.kill("SIGKILL");
  await b.startAgain();
  toB.target = b.url;
  toA.fault = toB.fault = undefined;
  all = cast();
  await until(async () => {
    const bodies = await bodiesOf(all.ann, room);
    return bodies.includes("bob while cut 2") ? true : undefined;
  }, "what was said while the link was cut");
  t.diagnostic(`head after the link was cut: ${await level(all, room, "mark 3")}`);
  await live(all, room, "third");
  t.diagnostic(`head at the end: ${await level(all, room, "mark 4")}`);
  const said = await sameHistory(all, room);
  for (const body of kept) assert.ok(said.includes(body));
  assert.deepEqual(
    said.filter((body) => body.startsWith("bob while cut")),
    ["bob while cut 0", "bob while cut 1", "bob while cut 2"],
  );
});

test("FD14 FD18 two tenants of one deployment share a room by the same calls", async (t) => {
  const world = new World(t);
  const a = await world.start("a", { default_mode: "open", members_may_invite: true });
  await world.another(a, "b");
  const { server } = a;
  const all: Cast = {
    ann: server.person("ann", "a"),
    admin: server.person("admin", "a"),
    bob: server.person("bob", "b"),
    carl: server.person("carl", "b"),
  };
  await signIn(all);
  const room = await share(all);
  await live(all, room, "first");
  await rule(all, room);
  t.diagnostic(`head: ${await level(all, room, "mark")}`);
  assert.equal((await sameHistory(all, room)).length, 3);
  assert.equal((assertOk(await all.ann.get("/v1/me")).data as { fqid: string }).fqid, ANN);
});
