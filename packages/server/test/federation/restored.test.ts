import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { assertOk, assertRefused, emptyDatabase, type Person, StreamClient, TestServer } from "@stairwell/testing";
import { moveStore, systemClock } from "@stairwell/server/testing";
import { backup, restore } from "../../src/backup/index.ts";
import { ANN, BOB, bodiesOf, pair, type Pair, say, shared } from "./pair.ts";
import { foldAt, headAt, settled, sound, until } from "./settle.ts";
import type { Home } from "./world.ts";

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), "stairwell-restored-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Stops a home's server, and starts it on what a backup of it has. */
async function putBack(t: TestContext, { world }: Pair, home: Home, from: string): Promise<void> {
  await home.server.stop();
  const data = join(folder(t), "data");
  await restore(from, data);
  home.server = await TestServer.start(t, { data, federation: { hosts: world.hosts } });
  world.hosts.set(home.name, home.server.url);
}

const anew = (home: Home, name: string): Person => home.server.person(name, home.tenant.slug);

async function conflictsAt(home: Home): Promise<number> {
  return (await home.server.db.all("SELECT 1 FROM replicas WHERE state = 'conflict'")).length;
}

test("FD17 a hub that was restored takes back what others have of its log before it sequences, and nobody finds two logs", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  await say(ann, room, "before the backup");
  await settled([a, b], room);
  const copy = join(folder(t), "copy");
  await backup(a.server.data, copy, { clock: Date });
  const edited = await say(ann, room, "after the backup");
  await say(bob, room, "from b");
  const gone = await say(bob, room, "to be redacted");
  assertOk(await ann.post(`/v1/rooms/${room}/events/${edited}/edit`, { content: { body: "after it, edited" } }));
  assertOk(await bob.post(`/v1/rooms/${room}/events/${gone}/redact`, {}));
  assertOk(await ann.put(`/v1/rooms/${room}/name`, { name: "Another name" }));
  const carl = b.server.person("carl", "b");
  await carl.signIn();
  const admin = a.server.person("admin", "a");
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: "@carl:b.localhost" }));
  await settled([a, b], room);
  assertOk(await carl.post(`/v1/rooms/${room}/join`));
  const head = await settled([a, b], room);

  // b is away: nobody may say anything there meanwhile, and it is told why.
  const url = all.world.hosts.get(b.name)!;
  all.world.hosts.set(b.name, "http://127.0.0.1:1");
  await putBack(t, all, a, copy);
  const annAgain = anew(a, "ann");
  const refused = await annAgain.post(`/v1/rooms/${room}/send`, { content: { body: "too early" } });
  assertRefused(refused, 503, "SW_UNAVAILABLE", "FD17");
  assert.deepEqual(refused.error!.details, { waiting_for: [b.name] });
  assert.ok(Number(refused.headers.get("retry-after")) > 0);
  const other = await annAgain.roomWith([], { name: "Not shared" });
  await say(annAgain, other, "as ever");
  const waiting = assertOk(await anew(a, "admin").get("/v1/admin/federation/recovery")).data as object[];
  assert.deepEqual(
    waiting.map((each) => ({ ...each, last_error: null })),
    [{ room_id: room, server_name: b.name, last_error: null }],
  );

  all.world.hosts.set(b.name, url);
  await until(async () => ((await headAt(a, room)) === head ? true : undefined), "what b has");
  await until(async () => {
    const answer = await annAgain.post(`/v1/rooms/${room}/send`, { content: { body: "and on" } });
    return answer.status === 201 ? true : undefined;
  }, "the end of the recovery");
  await say(bob, room, "on both");
  await settled([a, b], room);
  const bodies = ["before the backup", "after it, edited", "from b", null, "and on", "on both"];
  for (const person of [annAgain, bob]) assert.deepEqual(await bodiesOf(person, room), bodies);
  const people = [ANN, BOB, "@carl:b.localhost"];
  assert.deepEqual(await foldAt(a, room, people), await foldAt(b, room, people));
  assert.equal(await conflictsAt(b), 0);
  await sound(a, b);
});

/** Ways in which a backup comes to be worked on; each answers the database that has the store then, if any. */
const WAYS = {
  "used as it is": async (copy: string, data: string) => cpSync(copy, data, { recursive: true }),
  "restored and then moved to a database": async (copy: string, data: string) => {
    const database = await emptyDatabase();
    await restore(copy, data);
    await moveStore(data, { url: database.url, clock: systemClock, isUnsafe: true });
    return database;
  },
};

for (const [how, put] of Object.entries(WAYS)) {
  test(`FD17 a hub on a backup that was ${how} takes back what others have of its log`, async (t) => {
    const all = await pair(t);
    const { a, b, ann, bob, world } = all;
    const room = await shared(all);
    await say(ann, room, "before the backup");
    await settled([a, b], room);
    const copy = join(folder(t), "copy");
    await backup(a.server.data, copy, { clock: Date });
    await say(ann, room, "after the backup");
    await settled([a, b], room);
    await a.server.stop();

    const data = join(folder(t), "data");
    const database = await put(copy, data);
    const store = database === undefined ? { data } : { store: database.url };
    a.server = await TestServer.start(t, { ...store, federation: { hosts: world.hosts } });
    if (database !== undefined) t.after(database.drop);
    world.hosts.set(a.name, a.server.url);
    const annAgain = anew(a, "ann");
    await until(async () => {
      const answer = await annAgain.post(`/v1/rooms/${room}/send`, { content: { body: "and on" } });
      return answer.status === 201 ? true : undefined;
    }, "the end of the recovery");
    await settled([a, b], room);
    const bodies = ["before the backup", "after the backup", "and on"];
    for (const person of [annAgain, bob]) assert.deepEqual(await bodiesOf(person, room), bodies);
    assert.equal(await conflictsAt(b), 0);
    await sound(a, b);
  });
}

test("FD17 a replica that was restored fetches what it has lost, and nothing that it proposed comes twice", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  const url = all.world.hosts.get(a.name)!;
  all.world.hosts.set(a.name, "http://127.0.0.1:1");
  const once = { content: { body: "once" }, event_uuid: "u-1" };
  assert.equal((await bob.post(`/v1/rooms/${room}/send`, once)).status, 202);
  const copy = join(folder(t), "copy");
  await backup(b.server.data, copy, { clock: Date });
  all.world.hosts.set(a.name, url);
  await until(async () => ((await bodiesOf(ann, room)).length === 1 ? true : undefined), "what was kept");
  await say(ann, room, "answered");
  await settled([a, b], room);
  await putBack(t, all, b, copy);
  await settled([a, b], room);
  const bobAgain = anew(b, "bob");
  await until(async () => {
    const [row] = await b.server.db.all<{ n: number }>("SELECT count(*) AS n FROM recoveries");
    return row!.n === 0 ? true : undefined;
  }, "the end of the recovery");
  assert.equal(assertOk(await bobAgain.post(`/v1/rooms/${room}/send`, once)).status, 201);
  for (const person of [ann, bobAgain]) assert.deepEqual(await bodiesOf(person, room), ["once", "answered"]);
  await say(bobAgain, room, "and on");
  await settled([a, b], room);
  await sound(a, b);
});

test("FD17 ST3 whoever saw more than a restored hub has begins anew, also where an event is back at its place", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  const own = await ann.roomWith([], { name: "Own" });
  await settled([a, b], room);
  const copy = join(folder(t), "copy");
  await backup(a.server.data, copy, { clock: Date });
  const since = async (person: Person, cursor?: string) =>
    assertOk(await person.get(`/v1/sync?timeout=0${cursor === undefined ? "" : `&since=${cursor}`}`)).data as {
      reset?: true;
      next_cursor: string;
      events: { content: { body?: string } }[];
    };
  const before = (await since(ann)).next_cursor;
  await say(ann, own, "is lost");
  const said = await say(bob, room, "comes back");
  await settled([a, b], room);
  const { next_cursor: after, events } = await since(ann, before);
  assert.deepEqual(
    events.map(({ content }) => content.body),
    ["is lost", "comes back"],
  );

  const url = all.world.hosts.get(b.name)!;
  all.world.hosts.set(b.name, "http://127.0.0.1:1");
  await putBack(t, all, a, copy);
  const again = anew(a, "ann");
  // What is said now would stand where another event stood, and what is taken back then where it did.
  await say(again, own, "instead");
  all.world.hosts.set(b.name, url);
  await until(
    async () => ((await again.get(`/v1/rooms/${room}/events/${said}`)).status === 200 ? true : undefined),
    "what b has",
  );
  assert.equal((await since(again, after)).reset, true);
  const kept = await since(again, before);
  assert.deepEqual(
    [kept.reset, kept.events.map(({ content }) => content.body)],
    [undefined, ["instead", "comes back"]],
  );
  const stream = await StreamClient.open(t, again, { since: after });
  await stream.find("reset");
  await say(again, own, "and on");
  await stream.find("swp.room.message");
});
