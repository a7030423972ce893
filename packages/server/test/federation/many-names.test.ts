import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type ErrorCode, type Fqid, StairwellError } from "@stairwell/protocol";
import { rounds, TestClock } from "@stairwell/testing";
import { PeerKeys } from "../../src/federation/discovery/peer-keys.ts";
import { seekProfiles } from "../../src/federation/outbound/seek-profiles.ts";
import { knownOrMade } from "../../src/federation/people/foreign-people.ts";
import { listSoughtServers } from "../../src/federation/people/foreign-profiles.store.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { OutboundFault, type WayOut } from "../../src/lib/outbound.ts";
import { EvilPeer } from "./evil-peer.ts";
import { World } from "./world.ts";
import { until } from "../nodes/until.ts";

/** More names than anything remembers. */
const FIRST = 12_000;
const SECOND_MS = 1000;
const MEBIBYTE = 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What is held once all is collected that may be, whatever else had just been done. */
async function heldBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await setImmediate();
  }
  collect();
  return process.memoryUsage().heapUsed;
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

test("FIN-42 names and key ids that somebody invents leave nothing behind but a bounded memory of them", async (t) => {
  const clock = new TestClock(Date.now());
  const world = new World(t);
  const home = await world.start("home", { default_mode: "open" }, { clock });
  const { db } = home.server;
  const { tenantNo } = home.tenant;
  let asked = 0;
  // Nobody of that name is there.
  const outbound: WayOut = {
    ask: () => (asked++, Promise.reject(new OutboundFault("there is no such name", false))),
    close() {},
  };
  const keys = new PeerKeys({ db, outbound, hosts: new Map(), clock, log: SILENT });
  const name = async (i: number): Promise<void> => {
    // A stranger a second is what may be asked for.
    clock.advance(SECOND_MS);
    await assert.rejects(keys.keyFor(tenantNo, `name${i}.example`, "key"), isCode("SW_FED_PEER_UNKNOWN"));
  };
  for (let i = 0; i < FIRST; i++) await name(i);
  const before = await heldBytes();
  const more = Math.max(20_000, rounds(100_000));
  for (let i = 0; i < more; i++) await name(FIRST + i);
  const grown = (await heldBytes()) - before;
  assert.ok(grown < 4 * MEBIBYTE, `${more} names more took ${grown} bytes`);
  assert.equal(asked, FIRST + more);
  assert.deepEqual(await db.get("SELECT count(*) AS n FROM peers"), { n: 0 });

  // One that is known names ever new keys: it is asked for them once a minute.
  const evil = await EvilPeer.start(t, "evil.localhost");
  world.hosts.set(evil.name, evil.url);
  // What it answers is none to the question, but its keys are known by then.
  await home.askProfile(evil.name, "x").catch(() => {});
  assert.deepEqual(await db.get("SELECT count(*) AS n FROM peers"), { n: 1 });
  const ids = rounds(50_000);
  asked = 0;
  const held = await heldBytes();
  for (let i = 0; i < ids; i++) {
    await assert.rejects(keys.keyFor(tenantNo, evil.name, `key${i}`), isCode("SW_FED_SIGNATURE"));
    clock.advance(10);
  }
  assert.ok(asked <= 1 + (ids * 10) / 60_000, `${asked} questions`);
  const taken = (await heldBytes()) - held;
  assert.ok(taken < 4 * MEBIBYTE, `${ids} key ids took ${taken} bytes`);
});

test("FIN-42 a server that names ever more others, who never answer, keeps nobody else from being met", async (t) => {
  const clock = new TestClock(Date.now());
  const home = await new World(t).start("home", { default_mode: "open" }, { clock });
  const { db } = home.server;
  const { tenantNo } = home.tenant;
  const asked: string[] = [];
  const silence = Promise.withResolvers<never>();
  const outbound: WayOut = {
    ask: ({ hostname }) => {
      asked.push(hostname);
      return silence.promise;
    },
    close() {},
  };
  const keys = new PeerKeys({ db, outbound, hosts: new Map(), clock, log: SILENT });
  const met: Promise<unknown>[] = [];
  const meet = (looking: Promise<unknown>) => met.push(looking.catch(() => {}));
  const spoke = (serverName: string) => ({ serverName, keyId: "key", hubTs: clock.now() });
  // As many as are asked at a time for one who tells of them.
  for (let i = 0; i < 16; i++) meet(keys.keyAt(tenantNo, "evil.example", spoke(`name${i}.example`)));
  // What is looked up first, of several on a pool of connections, is not known.
  await until(() => asked.length === 16);
  await assert.rejects(keys.keyAt(tenantNo, "evil.example", spoke("more.example")), isCode("SW_UNAVAILABLE"));
  meet(keys.keyAt(tenantNo, "hub.example", spoke("third.example")));
  meet(keys.know(tenantNo, "friend.example"));
  meet(keys.keyFor(tenantNo, "caller.example", "key"));
  await until(() => asked.length === 19);
  assert.deepEqual(asked.slice(16).sort(), ["caller.example", "friend.example", "third.example"]);
  silence.reject(new OutboundFault("it did not answer in time", false));
  await Promise.all(met);
});

test("FIN-42 people of ever more servers whom somebody names are asked about a few servers at a time", async (t) => {
  const home = await new World(t).start("home", { default_mode: "open" });
  const { db } = home.server;
  const { tenant } = home;
  const first = await db.write(tenant, async (tx) => {
    for (let i = 0; i < 100; i++) await knownOrMade(tx, tenant, `@somebody:name${i}.example` as Fqid);
    // Whoever waits for longer than all of those.
    await knownOrMade(tx, tenant, "@friend:zone.example" as Fqid);
    await tx.run("UPDATE foreign_profiles SET due_at = due_at - 1 WHERE server_name = 'zone.example'");
    return listSoughtServers(tx, tx.now, 1);
  });
  assert.equal(first[0]?.serverName, "zone.example");
  const asked = new Set<string>();
  const get = (_: unknown, serverName: string): Promise<never> => {
    asked.add(serverName);
    return Promise.reject(new StairwellError("SW_FED_PEER_UNREACHABLE"));
  };
  const run = () => seekProfiles(db, { clock: systemClock, get }, AbortSignal.timeout(60_000));
  for (const sought of [6, 12, 18]) {
    await run();
    assert.equal(asked.size, sought);
  }
});

function isCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof StairwellError && error.code === code;
}
