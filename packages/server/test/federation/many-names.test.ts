import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type ErrorCode, StairwellError } from "@stairwell/protocol";
import { rounds, TestClock } from "@stairwell/testing";
import { PeerKeys } from "../../src/federation/discovery/peer-keys.ts";
import { OutboundFault, type WayOut } from "../../src/lib/outbound.ts";
import { EvilPeer } from "./evil-peer.ts";
import { World } from "./world.ts";

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

function isCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof StairwellError && error.code === code;
}
