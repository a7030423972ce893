import assert from "node:assert/strict";
import { test } from "node:test";
import { Sender, type SenderParts } from "../../src/federation/outbound/sender.ts";
import { OWN_TURNS } from "../../src/nodes/index.ts";
import { assertOk } from "@stairwell/testing";
import { Follower, taken } from "./follower.ts";
import { say } from "./pair.ts";
import { until } from "./settle.ts";
import { World } from "./world.ts";

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;

/** Time that goes on when it is told to, with what waits for it. */
class Week {
  #now = 0;
  #waiting: { at: number; work: () => void }[] = [];

  readonly clock = { now: () => Date.now(), monotonic: () => this.#now };
  readonly timers = {
    after: (milliseconds: number, work: () => void) => {
      const each = { at: this.#now + milliseconds, work };
      this.#waiting.push(each);
      return { cancel: () => void (this.#waiting = this.#waiting.filter((other) => other !== each)) };
    },
  };

  /** When the next of them is due. */
  get next(): number {
    return Math.min(...this.#waiting.map(({ at }) => at));
  }

  /** Goes to the next of them, and calls it. */
  pass(): void {
    const at = this.next;
    const each = this.#waiting.find((other) => other.at === at)!;
    this.#waiting = this.#waiting.filter((other) => other !== each);
    this.#now = at;
    each.work();
  }
}

test("FD16 FOU-16 a server that is away for a week is tried ever more rarely, costs no rows, and has all once it is back", async (t) => {
  const world = new World(t);
  const home = await world.start("home");
  await home.server.liftLimits("home");
  const [ann, admin] = [home.server.person("ann", "home"), home.server.person("admin", "home")];
  await admin.signIn();
  const [far, near] = [
    await Follower.start(t, world, "far.localhost"),
    await Follower.start(t, world, "near.localhost"),
  ];
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  for (const follower of [far, near]) await follower.join(home, admin, room);
  await say(ann, room, "before");
  await until(async () => ([far, near].every((each) => each.bodies(room).length > 0) ? true : undefined), "the first");
  // The product's own sender rests from here on; another one, whose time is ours, tries all week.
  far.react = () => "hang";
  const week = new Week();
  let tries: number[] = [];
  let isBack = false;
  const parts = {
    db: home.server.db,
    ...week,
    turns: OWN_TURNS,
    wakeOthers() {},
    onFault() {},
    tellRefused() {},
    tellLeaving() {},
    fates: undefined as never,
    takeKnown: () => Promise.reject(new Error("nothing is proposed here")),
    takeSequenced: () => Promise.reject(new Error("nothing is proposed here")),
    post: async (_tenant, _name, items) => {
      tries.push(week.clock.monotonic());
      if (!isBack) throw new Error("it is away");
      return { results: taken(items.map((item) => JSON.parse(item)) as never) } as never;
    },
  } satisfies SenderParts;
  const rows = async (): Promise<number> => {
    const [counted] = await home.server.db.all<{ n: number }>(
      `SELECT (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM outgoing) + (SELECT count(*) FROM proposals) AS n`,
    );
    return counted!.n;
  };
  const before = await rows();
  const sender = new Sender(parts, home.tenant, far.peer.name);
  t.after(() => sender.stop());
  const bodies = Array.from({ length: 30 }, (_, i) => `in that week ${i}`);
  for (const body of bodies) await say(ann, room, body);
  const rests = () => until(async () => (week.next < Infinity ? true : undefined), "a rest");
  sender.wake();
  while (week.clock.monotonic() < WEEK) {
    await rests();
    const count = tries.length;
    week.pass();
    await until(async () => (tries.length > count ? true : undefined), "a try");
  }
  const waits = tries.slice(1).map((at, i) => at - tries[i]!);
  for (const [i, wait] of waits.entries()) {
    const most = Math.min(HOUR, 1000 * 2 ** i);
    assert.ok(wait >= most / 2 && wait <= most, `wait ${i}: ${wait}`);
  }
  assert.ok(tries.length >= 7 * 24 && tries.length < 7 * 24 * 2 + 20, `${tries.length} tries`);
  assert.ok(new Set(waits.slice(-50)).size > 40, "waits that are all alike meet at the same time");
  assert.equal(await rows(), before, "the log is the queue");
  await until(async () => (near.bodies(room).length === 31 ? true : undefined), "all at the other server");
  isBack = true;
  await rests();
  tries = [];
  week.pass();
  const due = async () => {
    const [row] = await home.server.db.all<{ confirmed_position: number; head: number }>(
      `SELECT d.confirmed_position, (SELECT max(e.position) FROM events e WHERE e.tenant_no = d.tenant_no
         AND e.room_no = d.room_no) AS head FROM deliveries d WHERE d.server_name = 'far.localhost'`,
    );
    return row!.head - row!.confirmed_position;
  };
  await until(async () => ((await due()) === 0 ? true : undefined), "all of the week");
  assert.ok(tries.length <= 3, `${tries.length} requests for 30 events`);
});
