import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, Person, StreamClient } from "@stairwell/testing";
import { importing } from "../bundles/importing.ts";
import { largeBundle } from "../crash/imports.ts";
import { startNodes, wellBuses } from "./network.ts";
import type { NodeProcess } from "./node-process.ts";
import { startProcesses } from "./processes.ts";
import { until } from "./until.ts";

/** Enough for several slices. */
const MESSAGES = 3000;

test("BU14 what an import has written on a node that is killed another one takes away, and there is no room", async (t) => {
  const { nodes, db } = await startProcesses(t, ["a", "b"]);
  const [a, b] = nodes as [NodeProcess, NodeProcess];
  const alice = await new Person(a.url, "alice", "dev-alice@dev").signIn();
  const asked = importing(alice, largeBundle(MESSAGES)).then(
    () => "answered",
    () => "cut off",
  );
  const counts = async () =>
    (await db.get<{ rooms: number; unended: number; events: number; media: number }>(
      `SELECT (SELECT count(*) FROM rooms) AS rooms, (SELECT count(*) FROM imports) AS unended,
         (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM media WHERE blob_no IS NOT NULL) AS media`,
    ))!;
  await until(async () => (await counts()).events > 100);
  await a.kill("SIGKILL");
  assert.equal(await asked, "cut off");
  assert.ok((await counts()).events > 0, "it was cut off in the midst of it");
  await until(async () => (await counts()).unended === 0);
  assert.deepEqual(await counts(), { rooms: 0, unended: 0, events: 0, media: 0 });
  // Whoever was cut off brings it again, to the other.
  const again = await new Person(b.url, "alice", "dev-alice@dev").signIn();
  const made = assertOk(await importing(again, largeBundle(10))).data;
  assert.equal((await counts()).rooms, 1);
  assertOk(await again.get(`/v1/rooms/${made.id}`));
});

for (const [name, buses] of Object.entries({ "no bus": undefined, "a bus": wellBuses })) {
  test(`BU12 with ${name}, who imports a room of several slices on one node is told to reload at another`, async (t) => {
    const [a, b] = await startNodes(t, 2, buses === undefined ? {} : { buses: buses() });
    const alice = await a.person("alice").signIn();
    const [hers, others] = [await StreamClient.open(t, b.person("alice")), await StreamClient.open(t, b.person("bob"))];
    const { id } = assertOk(await importing(alice, largeBundle(600))).data;
    assert.equal((await hers.closed()).code, 1012);
    await hers.resume();
    await hers.find("reset");
    // Nobody else's ends, and what is said in the room from then on comes to its importer.
    const { id: said } = await alice.say(id, "here");
    await hers.find((frame) => frame.id === said);
    await others.settled();
    assert.deepEqual(
      others.frames.filter(({ type }) => type !== "presence" && type !== "hello"),
      [],
    );
  });
}
