import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { CLOSE, STREAM } from "@stairwell/protocol/stream";
import { assertOk, atOnce, ChildServer, type Person, rounds, StreamClient } from "@stairwell/testing";
import { MEBIBYTE, residentBytes } from "./resident.ts";
import type { Order, Told } from "./slow-crowd-load.ts";

const BODY = "x".repeat(60_000);
const PEOPLE = 10;
/** More than the system ever keeps for a connection, times its messages. */
const MOST_MESSAGES = 1000;

/** The load's process. */
class Load {
  readonly #process: ChildProcess;
  readonly #told: Told[] = [];
  #wake: () => void = () => {};

  constructor(t: TestContext) {
    this.#process = fork(join(import.meta.dirname, "slow-crowd-load.ts"));
    t.after(() => this.#process.kill("SIGKILL"));
    this.#process.on("message", (told: Told) => {
      this.#told.push(told);
      this.#wake();
    });
    this.#process.on("exit", (code) => {
      if (code !== null) this.#wake();
    });
  }

  order(order: Order): void {
    this.#process.send(order);
  }

  /** Waits for something of this kind. */
  async hear<K extends string>(key: K, isIt: (told: Told & Record<K, unknown>) => boolean = () => true) {
    for (;;) {
      assert.equal(this.#process.exitCode, null, "the load's process ended");
      const at = this.#told.findIndex((told) => key in told && isIt(told as never));
      if (at !== -1) return this.#told.splice(at, 1)[0] as Extract<Told, Record<K, unknown>>;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** How many streams the server ended because their client read too slowly. */
async function givenUp({ url }: Person): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^stairwell_streams_ended_total\\{code="${CLOSE.tooSlow}"\\} (\\d+)$`, "m").exec(text)![1]);
}

test("ST7 of a crowd a tenth reads 1 KiB a second: they are closed with 4008 and whole after a resume, the memory for them is bounded, and others wait no longer", async (t) => {
  const server = await ChildServer.start(t, { withoutLimits: true });
  const [alice] = await server.people("alice");
  const people = await atOnce(PEOPLE, (i) => server.person(`p${i}`).signIn());
  const room = await alice.roomWith(people);
  const clients = rounds(1000);
  const slow = clients / 10;
  const load = new Load(t);
  const credentials = Array.from({ length: clients }, (_, i) => people[i % PEOPLE]!.credential);
  load.order({ do: "open", url: server.url, credentials, slow });
  await load.hear("opened");

  const speaker = await StreamClient.open(t, alice);
  let head = 0;
  let resident = 0;
  /** Sends a message, and waits until everybody who reads has it. */
  const say = async (): Promise<void> => {
    const content = { at: performance.timeOrigin + performance.now(), body: BODY };
    const { event } = await speaker.ask({ type: "send", room_id: room, content });
    head = event.stream_position;
    await load.hear("all", ({ all }) => (all as number) >= head);
    resident = Math.max(resident, residentBytes(server.pid));
  };
  const report = async () => {
    load.order({ do: "report" });
    const { p50, p99, count } = await load.hear("p99");
    return `${count} deliveries, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  };
  for (let i = 0; i < 30; i++) await say();
  t.diagnostic(`${clients} clients, all reading: ${await report()}`);
  const before = resident;

  load.order({ do: "slow down" });
  let sent = 0;
  for (; (await givenUp(alice)) < slow; sent++) {
    assert(sent < MOST_MESSAGES, `${await givenUp(alice)} of ${slow} were closed after ${sent} messages`);
    await say();
  }
  for (let i = 0; i < 30; i++) await say();
  t.diagnostic(`${slow} of them at 1 KiB/s, given up after ${sent} messages: ${await report()}`);
  const grown = resident - before;
  assert(grown < slow * (STREAM.bufferBytes + BODY.length) + 150 * MEBIBYTE, `${grown / MEBIBYTE} MiB more`);
  assert.equal(await givenUp(alice), slow);

  load.order({ do: "hurry", head });
  const { codes, faults } = await load.hear("codes");
  assert.deepEqual([new Set(codes), codes.length, faults], [new Set([CLOSE.tooSlow]), slow, []]);
  assertOk(await alice.get("/v1/me"));
  const mib = (bytes: number): string => `${Math.round(bytes / MEBIBYTE)} MiB`;
  const after = residentBytes(server.pid);
  t.diagnostic(`the server had ${mib(before)} before, ${mib(before + grown)} at the most, ${mib(after)} after`);
});
