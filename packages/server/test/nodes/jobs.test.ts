import assert from "node:assert/strict";
import { test } from "node:test";
import { stopwatch } from "@stairwell/testing";
import { LeaseLostError, sharedSecret } from "../../src/nodes/index.ts";
import { type IdleNode, idleNodes } from "./idle-nodes.ts";
import { until } from "./until.ts";

test("jobs are done by one node, and by another within seconds of its end", async (t) => {
  const all = await idleNodes(t, 3);
  const holders = () => all.filter(({ node }) => node.jobs.isHeld);
  await until(() => holders().length === 1);
  await until(() => all.every(({ node }) => node.countNodes() === 3));
  const [first] = holders();
  // A node that ends says so.
  await first!.node.close();
  const took = stopwatch();
  await until(() => holders().length === 1 && holders()[0] !== first);
  const handedOverMs = took();
  assert.ok(handedOverMs < 4000, `handed over after ${handedOverMs} ms, as if it were dead`);
  const [second] = holders();
  second!.hang();
  const began = performance.now();
  await until(() => holders().some((holder) => holder !== second));
  const takenOverMs = performance.now() - began;
  t.diagnostic(`taken over after ${takenOverMs.toFixed(0)} ms`);
  assert.ok(!second!.node.jobs.isHeld, "whoever cannot reach the store takes itself for dead before others do");
});

test("a job whose lease another node has taken stops before its next transaction", async (t) => {
  const all = await idleNodes(t, 2);
  await until(() => all.some(({ node }) => node.jobs.isHeld));
  const holder = all.find(({ node }) => node.jobs.isHeld)!;
  const { db } = holder.node.jobs;
  await db.write({ tenantNo: 0 }, async () => {});
  await holder.db.write({ tenantNo: 0 }, (tx) => tx.run("UPDATE leases SET holder = 'another' WHERE name = 'jobs'"));
  // Whether or not it knows by now.
  await assert.rejects(
    db.write({ tenantNo: 0 }, (tx) => tx.run("DELETE FROM nodes")),
    LeaseLostError,
  );
  assert.ok((await holder.db.all("SELECT node_id FROM nodes")).length > 0);
});

test("what a dead node held is free again, and what a living one holds is not", async (t) => {
  const [a, b] = (await idleNodes(t, 2)) as [IdleNode, IdleNode];
  await a.db.write({ tenantNo: 0 }, (tx) => a.node.holds.take(tx, "import/1/1"));
  await b.db.write({ tenantNo: 0 }, (tx) => b.node.holds.take(tx, "import/1/2"));
  const place = { tenantNo: 1, kind: "export" } as const;
  const most = { tenant: 1, participant: 1 };
  assert.equal(typeof (await a.node.places.take(place, 1, most)), "function");
  assert.equal(await b.node.places.take(place, 2, most), "tenant");
  await until(() => b.node.countNodes() === 2);
  a.hang();
  await until(async () => !(await b.node.holds.list(b.db)).has("import/1/1"));
  assert.ok((await b.node.holds.list(b.db)).has("import/1/2"));
  assert.equal(typeof (await b.node.places.take(place, 2, most)), "function");
  // The dead one that comes back finds that it holds nothing, and writes nothing of it.
  await assert.rejects(
    a.db.write({ tenantNo: 0 }, (tx) => a.node.holds.confirm(tx, "import/1/1")),
    /lost touch/,
  );
});

test("nodes that start at the same moment have one secret", async (t) => {
  const all = await idleNodes(t, 3);
  const secrets = await Promise.all(all.map(({ db }) => sharedSecret(db)));
  assert.equal(new Set(secrets.map((secret) => Buffer.from(secret).toString("hex"))).size, 1);
  assert.equal(secrets[0]!.length, 32);
});
