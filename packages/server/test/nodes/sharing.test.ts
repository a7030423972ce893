import assert from "node:assert/strict";
import { test } from "node:test";
import { verify } from "@stairwell/server/testing";
import { assertOk, rounds, stopwatch } from "@stairwell/testing";
import { OPERATOR } from "../../src/audit/index.ts";
import { findHead } from "../../src/events/index.ts";
import { setPolicy } from "../../src/peers/index.ts";
import { findRoom } from "../../src/state/index.ts";
import { findTenantBySlug } from "../../src/tenants/index.ts";
import { bodiesOf, say } from "../federation/pair.ts";
import { headAt, sound } from "../federation/settle.ts";
import { World } from "../federation/world.ts";
import { NO_BUS } from "../../src/bus/index.ts";
import { startNodes, wellBuses } from "./network.ts";
import { until } from "./until.ts";

const ROUNDS = rounds(20, 5);

for (const [how, buses] of [
  ["with a bus", wellBuses],
  ["without a bus", () => () => NO_BUS],
] as const) {
  test(`FD13 two nodes ${how} follow a room of a third server together, and nobody waits for what the other node has heard`, async (t) => {
    const world = new World(t);
    const hub = await world.start("hub");
    const [one, two] = await startNodes(t, 2, { buses: buses(), federation: { hosts: world.hosts } });
    const { db } = one.running;
    const tenant = (await findTenantBySlug(db, "dev"))!;
    await db.write(tenant, (tx) => setPolicy(tx, tenant.tenantNo, { default_mode: "open" }, OPERATOR));
    world.hosts.set(tenant.serverName, one.url);
    const [ann, admin] = [hub.server.person("ann", "hub"), hub.server.person("admin", "hub")];
    await admin.signIn();
    const [bob, bobElsewhere] = [await one.person("bob").signIn(), await two.person("bob").signIn()];
    const room = await ann.roomWith([], { name: "Shared" });
    assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
    assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: `@bob:${tenant.serverName}` }));
    await until(async () => (await findRoom(db, tenant.tenantNo, room)) !== undefined);
    // Said at a node that other servers do not reach.
    assertOk(await bobElsewhere.post(`/v1/rooms/${room}/join`));
    const bodies: string[] = [];
    const took = stopwatch();
    for (let i = 0; i < ROUNDS; i++) {
      const answers = await Promise.all([
        bob.post(`/v1/rooms/${room}/send`, { content: { body: `one ${i}` } }),
        bobElsewhere.post(`/v1/rooms/${room}/send`, { content: { body: `two ${i}` } }),
      ]);
      // Done, and not just kept: whichever node heard of it.
      for (const answer of answers) assert.equal(answer.status, 201, JSON.stringify(answer));
      await say(ann, room, `hub ${i}`);
      bodies.push(`one ${i}`, `two ${i}`, `hub ${i}`);
    }
    assert.ok(took() < ROUNDS * 4000, "somebody waited for the end of their patience");
    const stored = (await findRoom(db, tenant.tenantNo, room))!;
    await until(async () => (await findHead(db, stored))?.hash === (await headAt(hub, room)));
    const said = (await bodiesOf(bob, room)) as string[];
    assert.deepEqual(said, await bodiesOf(ann, room));
    assert.deepEqual(said.toSorted(), bodies.toSorted());
    await sound(hub);
    assert.deepEqual((await verify(db)).findings, []);
    // Nobody keeps the turn for longer than there is something to tell.
    await until(async () => (await db.all("SELECT 1 FROM leases WHERE name LIKE 'tell %'")).length === 0);
  });
}
