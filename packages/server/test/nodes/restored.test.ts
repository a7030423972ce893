import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, copiedDatabase, freshDatabase, type TestDatabase } from "@stairwell/testing";
import { ActorCache } from "../../src/auth/index.ts";
import { runOperation } from "../../src/control/operations.ts";
import { openPostgres } from "../../src/db/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { ANN, BOB, bodiesOf, say, shared } from "../federation/pair.ts";
import { foldAt, settled, sound, until } from "../federation/settle.ts";
import { World } from "../federation/world.ts";

test("FD17 a hub whose database was put back from a copy takes back what others have of its rooms before it sequences", async (t) => {
  const databases: TestDatabase[] = [await freshDatabase()];
  const world = new World(t);
  const a = await world.start("a", { default_mode: "open" }, { store: databases[0]!.url });
  t.after(async () => {
    await a.server.stop();
    for (const { drop } of databases) await drop();
  });
  const b = await world.start("b");
  const person = (name: string) => a.server.person(name, "a");
  const bob = b.server.person("bob", "b");
  for (const who of [bob, person("admin")]) await who.signIn();
  const room = await shared({ world, a, b, admin: person("admin"), ann: person("ann"), bob });
  await say(person("ann"), room, "before the copy");
  await settled([a, b], room);

  await a.server.stop();
  databases.push(await copiedDatabase(databases[0]!));
  await world.startAgain(a, { store: databases[0]!.url });
  await say(person("ann"), room, "after the copy");
  const gone = await say(bob, room, "to be redacted");
  assertOk(await bob.post(`/v1/rooms/${room}/events/${gone}/redact`, {}));
  await settled([a, b], room);

  // b is away: nobody says anything there meanwhile.
  const url = world.hosts.get(b.name)!;
  world.hosts.set(b.name, "http://127.0.0.1:1");
  await a.server.stop();
  const copy = await openPostgres({ url: databases[1]!.url, now: Date.now, isUnsafe: true });
  const parts = { db: copy, actors: new ActorCache(systemClock) };
  assert.deepEqual(await runOperation(parts, "store.restored", {}, () => {}), { to_ask: 1 });
  await copy.close();
  await world.startAgain(a, { store: databases[1]!.url });
  assert.deepEqual(await bodiesOf(person("ann"), room), ["before the copy"]);
  const refused = await person("ann").post(`/v1/rooms/${room}/send`, { content: { body: "too early" } });
  assertRefused(refused, 503, "SW_UNAVAILABLE", "FD17");

  world.hosts.set(b.name, url);
  await until(async () => {
    const answer = await person("ann").post(`/v1/rooms/${room}/send`, { content: { body: "and on" } });
    return answer.status === 201 ? true : undefined;
  }, "the end of the recovery");
  await settled([a, b], room);
  for (const who of [person("ann"), bob]) {
    assert.deepEqual(await bodiesOf(who, room), ["before the copy", "after the copy", null, "and on"]);
  }
  assert.deepEqual(await foldAt(a, room, [ANN, BOB]), await foldAt(b, room, [ANN, BOB]));
  assert.equal((await b.server.db.all("SELECT 1 FROM replicas WHERE state = 'conflict'")).length, 0);
  await sound(a, b);
});
