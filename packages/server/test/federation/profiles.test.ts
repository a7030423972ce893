import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test, type TestContext } from "node:test";
import { assertOk, FaultProxy, type Person } from "@stairwell/testing";
import { findByFqid } from "../../src/participants/index.ts";
import { EvilPeer } from "./evil-peer.ts";
import { results } from "./evil-room.ts";
import { ANN, BOB, pair, say, shared } from "./pair.ts";
import { settled, until } from "./settle.ts";
import { type Home, World } from "./world.ts";

async function nameAt({ server, tenant }: Home, fqid: string): Promise<string | undefined> {
  return (await findByFqid(server.db, tenant.tenantNo, fqid))?.displayName;
}

/** Waits until somebody is called something on a server. */
function called(home: Home, fqid: string, name: string): Promise<true> {
  return until(async () => ((await nameAt(home, fqid)) === name ? true : undefined), `${fqid} to be ${name}`);
}

const rename = (who: Person, display_name: string) => who.put("/v1/me", { display_name });

test("FD15 a new name is told to every server that shares a room, whoever orders it, and to no other", async (t) => {
  const all = await pair(t);
  const { world, a, b, admin, ann, bob } = all;
  const room = await shared(all);
  const [c, d] = [await world.start("c"), await world.start("d")];
  const carl = await c.server.person("carl", "c").signIn();
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: "@carl:c.localhost" }));
  await until(async () => ((await carl.get(`/v1/rooms/${room}`)).status === 200 ? true : undefined), "the invite");
  assertOk(await carl.post(`/v1/rooms/${room}/join`));
  await settled([a, b, c], room);
  // D knows of bob, and shares nothing with him.
  await d.server.person("admin", "d").signIn();
  const there = await d.server.person("dora", "d").signIn();
  const own = await there.roomWith([], { name: "D's" });
  const head = d.server.person("admin", "d");
  assertOk(await head.put(`/v1/admin/rooms/${own}/federate`, { enabled: true }));
  assertOk(await head.post(`/v1/admin/rooms/${own}/federation/invite`, { fqid: BOB }));
  assert.equal(await nameAt(d, BOB), "bob");

  assertOk(await rename(bob, "Robert 🦊"));
  assertOk(await rename(ann, "Dr. Ann"));
  for (const home of [a, c]) await called(home, BOB, "Robert 🦊");
  for (const home of [b, c]) await called(home, ANN, "Dr. Ann");
  const { data } = assertOk(await ann.get(`/v1/rooms/${room}/members`));
  const members = data as { participant: { fqid: string; display_name: string } }[];
  assert.equal(members.find(({ participant }) => participant.fqid === BOB)?.participant.display_name, "Robert 🦊");
  const found = assertOk(await ann.get(`/v1/rooms/${room}/members?q=robert`)).data as unknown[];
  assert.equal(found.length, 1);
  assert.equal(await nameAt(d, BOB), "bob");
  // By an administrator too, and nothing where nothing changed.
  const { id: of } = await bob.signIn();
  const bobsAdmin = await b.server.person("admin", "b").signIn();
  assertOk(await bobsAdmin.patch(`/v1/admin/participants/${of}`, { display_name: "Bobby" }));
  for (const home of [a, c]) await called(home, BOB, "Bobby");
  await until(
    async () => ((await b.server.db.all("SELECT number FROM outgoing")).length === 0 ? true : undefined),
    "nothing to wait",
  );
});

test("FD16 a name that changes while a server is away waits for it, the newest alone, across a restart", async (t) => {
  const all = await pair(t);
  const { world, a, b, bob } = all;
  await shared(all);
  const toA = await FaultProxy.start(t, a.server.url);
  world.hosts.set(a.name, toA.url);
  toA.fault = "down";
  const queued = async (): Promise<number> => {
    const rows = await b.server.db.all<{ n: number }>("SELECT number AS n FROM outgoing WHERE kind = 'profile'");
    return rows.length;
  };
  for (const name of ["One", "Two", "Three"]) {
    assertOk(await rename(bob, name));
    await until(async () => {
      const { length } = await b.server.db.all("SELECT tenant_no FROM changed_profiles");
      return length === 0 && (await queued()) === 1 ? true : undefined;
    }, "the name to wait");
  }
  await b.server.stop();
  await world.startAgain(b);
  assert.equal(await queued(), 1);
  assert.equal(await nameAt(a, BOB), "bob");
  toA.fault = undefined;
  await called(a, BOB, "Three");
  await until(async () => ((await queued()) === 0 ? true : undefined), "nothing to wait");
});

test("FD15 who is first seen as the sender of a third server is asked about there, and a name that fails is no name", async (t) => {
  const all = await pair(t);
  const { world, a, b, admin } = all;
  const room = await shared(all);
  const c = await world.start("c");
  const carl = await c.server.person("carl", "c").signIn();
  assertOk(await rename(carl, "Carl the Third"));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: "@carl:c.localhost" }));
  await until(async () => ((await carl.get(`/v1/rooms/${room}`)).status === 200 ? true : undefined), "the invite");
  assertOk(await carl.post(`/v1/rooms/${room}/join`));
  await say(carl, room, "hello");
  await settled([a, b, c], room);
  // B was told of carl by the hub alone, and asks his own server.
  await called(b, "@carl:c.localhost", "Carl the Third");
  await called(c, BOB, "bob");
  assert.equal(await nameAt(a, "@carl:c.localhost"), "Carl the Third");
});

type Answering = NonNullable<EvilPeer["answer"]>;

/** A server of the test's own whose mallory is known at home; what others ask about her, `answer` answers. */
async function mallory(t: TestContext, answer: Answering) {
  const world = new World(t);
  const home = await world.start("home");
  const evil = await EvilPeer.start(t, "evil.localhost");
  world.hosts.set(evil.name, evil.url);
  evil.answer = (request, response) => {
    response.setHeader("content-type", "application/json");
    if (!request.url!.includes("/profile/")) return void response.end(evil.descriptor());
    answer(request, response);
  };
  const ann = home.server.person("ann", "home");
  const admin = await home.server.person("admin", "home").signIn();
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: MALLORY }));
  const tell = async (fqid: string, display_name: unknown) =>
    (await results(evil, home, [{ type: "profile", fqid, display_name, participant_type: "human" }]))[0]!;
  return { home, evil, tell };
}

const MALLORY = "@mallory:evil.localhost";

const profileOf = (display_name: string): string =>
  JSON.stringify({ data: { fqid: MALLORY, display_name, participant_type: "human", avatar_url: null } });

/** Waits until nobody's server is to be asked about anybody. */
const nothingSought = (home: Home): Promise<true> =>
  until(async () => {
    const due = await home.server.db.all("SELECT participant_no FROM foreign_profiles WHERE due_at IS NOT NULL");
    return due.length === 0 ? true : undefined;
  }, "all to be heard");

test("FD15 an old name that is told once more, late, gives way to what their server answers", async (t) => {
  let name = "Mallory";
  const { home, tell } = await mallory(t, (_, response) => void response.end(profileOf(name)));
  await nothingSought(home);
  name = "Two";
  assert.deepEqual(await tell(MALLORY, "Two"), { status: "ok" });
  await nothingSought(home);
  assert.deepEqual(await tell(MALLORY, "One"), { status: "ok" });
  await called(home, MALLORY, "Two");
  await nothingSought(home);
  assert.equal(await nameAt(home, MALLORY), "Two");
});

test("FD15 an answer that was asked for before a name was told counts for nothing, and is asked for again", async (t) => {
  const waiting: ServerResponse[] = [];
  let isHeld = false;
  const { home, tell } = await mallory(t, (_, response) => {
    if (isHeld) waiting.push(response);
    else response.end(profileOf("Mallory"));
  });
  await nothingSought(home);
  isHeld = true;
  const next = (): Promise<ServerResponse> => until(async () => waiting.shift(), "to be asked");
  assert.deepEqual(await tell(MALLORY, "One"), { status: "ok" });
  const early = await next();
  assert.deepEqual(await tell(MALLORY, "Two"), { status: "ok" });
  early.end(profileOf("One"));
  const late = await next();
  assert.equal(await nameAt(home, MALLORY), "Two");
  late.end(profileOf("Two"));
  await nothingSought(home);
  assert.equal(await nameAt(home, MALLORY), "Two");
});

test("FD15 what a server says of others' people, of unknown ones, or with what is no name, changes nothing", async (t) => {
  const { home, evil, tell } = await mallory(t, (_, response) => void response.end(profileOf("Mallory")));
  assert.equal((await tell("@ann:home.localhost", "Mine")).error?.code, "SW_FED_POLICY");
  assert.equal((await tell("@pat:third.localhost", "Mine")).error?.code, "SW_FED_POLICY");
  assert.deepEqual(await tell(`@nobody:${evil.name}`, "Who"), { status: "ok" });
  for (const name of ["", "   ", "x".repeat(129), "a\u0000b", "a\u202eb", 7, null]) {
    assert.equal((await tell(MALLORY, name)).status, "refused", JSON.stringify(name));
    assert.equal(await nameAt(home, MALLORY), "Mallory");
  }
  assert.deepEqual(await tell(MALLORY, "  Mal  "), { status: "ok" });
  assert.deepEqual([await nameAt(home, MALLORY), await nameAt(home, "@ann:home.localhost")], ["Mal", "ann"]);
  assert.equal(await nameAt(home, `@nobody:${evil.name}`), undefined);
});
