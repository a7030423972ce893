import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { NatsServer, stopwatch } from "@stairwell/testing";
import { Type } from "@stairwell/protocol/schema";
import { type Bus, channelOf, InProcessBus, NatsBus, openBus } from "../../src/bus/index.ts";
import { startNodes } from "./network.ts";
import { until } from "./until.ts";

const Word = Type.Object({ word: Type.String() });

function natsBus(t: TestContext, url: string, prefix = "test"): NatsBus {
  const bus = new NatsBus({ url, prefix, onChange: () => {} });
  t.after(() => bus.close());
  return bus;
}

async function twoBuses(t: TestContext): Promise<{ nats: NatsServer; a: NatsBus; b: NatsBus }> {
  const nats = await NatsServer.start(t);
  const [a, b] = [natsBus(t, nats.url), natsBus(t, nats.url)];
  await until(() => a.isWell && b.isWell);
  return { nats, a, b };
}

function wordsOf(bus: Bus): string[] {
  const words: string[] = [];
  channelOf(bus, "words", Word).hear(({ word }) => words.push(word));
  return words;
}

/** Says it until it was heard: a subscription may be on its way. */
async function saidUntilHeard(bus: Bus, word: string, heard: readonly string[]): Promise<void> {
  await until(() => {
    channelOf(bus, "words", Word).tell({ word });
    return heard.includes(word);
  });
}

test("what one node publishes the others hear, and it itself does not", async (t) => {
  const { nats, a, b } = await twoBuses(t);
  const [own, others, strangers] = [wordsOf(a), wordsOf(b), wordsOf(natsBus(t, nats.url, "another"))];
  await saidUntilHeard(a, "hello", others);
  await saidUntilHeard(b, "answer", own);
  assert.ok(!own.includes("hello"));
  assert.deepEqual(strangers, []);
});

test("a bus that is gone takes everything and throws nothing, and connects again by itself", async (t) => {
  const { nats, a, b } = await twoBuses(t);
  const heard = wordsOf(b);
  await saidUntilHeard(a, "before", heard);
  await nats.stop();
  await until(() => !a.isWell && !b.isWell);
  assert.equal(a.fault, "bus");
  for (let i = 0; i < 1000; i++) a.publish("words", Buffer.alloc(1000));
  await nats.startAgain();
  await until(() => a.isWell && b.isWell);
  assert.equal(a.fault, undefined);
  await saidUntilHeard(a, "after", heard);
});

test("a bus that does not answer is not well within two seconds, and is again once it answers", async (t) => {
  const { nats, a, b } = await twoBuses(t);
  const took = stopwatch();
  nats.pause();
  await until(() => !a.isWell);
  const noticedMs = took();
  assert.ok(noticedMs < 3000, `${noticedMs} ms`);
  nats.goOn();
  await until(() => a.isWell && b.isWell);
});

test("a bus that is closed is not told of as away", async (t) => {
  const nats = await NatsServer.start(t);
  const told: boolean[] = [];
  const bus = new NatsBus({ url: nats.url, prefix: "test", onChange: (isWell) => told.push(isWell) });
  await until(() => bus.isWell);
  await bus.close();
  await until(() => !bus.isWell);
  assert.deepEqual(told, [true]);
});

test("a bus that nobody serves is opened and closed all the same", async () => {
  let wasWell = false;
  const bus = new NatsBus({ url: "nats://127.0.0.1:9", prefix: "test", onChange: (isWell) => (wasWell ||= isWell) });
  bus.subscribe("words", () => {});
  bus.publish("words", Buffer.from("x"));
  assert.equal(bus.isWell, false);
  await bus.close();
  assert.equal(wasWell, false);
});

test("why the bus is not reached is told once for each time that it is away", async (t) => {
  const nats = await NatsServer.start(t);
  await nats.stop();
  const told: string[] = [];
  const tell = (facts: object, message: string) => void told.push(`${message} ${JSON.stringify(facts)}`);
  const bus = openBus({ url: nats.url, prefix: "test" }, { debug: tell, info: tell, warn: tell, error: tell });
  t.after(() => bus.close());
  await until(() => told.length === 1);
  await nats.startAgain();
  await until(() => told.length === 2);
  await nats.stop();
  await until(() => told.length === 4);
  assert.match(
    told.join("\n"),
    /^the bus cannot be reached.+refused.*\nthe bus is there.*\nthe bus is away.*\n.+reached.+refused/,
  );
});

test("a message of another shape is passed over", async () => {
  const nodes = new InProcessBus();
  const [a, b] = [nodes.join(), nodes.join()];
  const heard = wordsOf(b);
  for (const text of ["", "{", "null", '{"word":1}', "[]"]) a.publish("words", Buffer.from(text));
  channelOf(a, "words", Word).tell({ word: "right" });
  await until(() => heard.length > 0);
  assert.deepEqual(heard, ["right"]);
});

test("a process whose bus was closed ends", async (t) => {
  const nats = await NatsServer.start(t);
  const { spawn } = await import("node:child_process");
  const bus = new URL("../../src/bus/index.ts", import.meta.url).href;
  const code = `
    const { NatsBus } = await import(${JSON.stringify(bus)});
    const bus = new NatsBus({ url: ${JSON.stringify(nats.url)}, prefix: "x", onChange: (isWell) => isWell && bus.close() });
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "inherit" });
  t.after(() => child.kill("SIGKILL"));
  const [exitCode] = (await once(child, "exit")) as [number | null];
  assert.equal(exitCode, 0);
});

test("figures and probes of a node say whether the bus answers, and how many nodes there are", async (t) => {
  const nats = await NatsServer.start(t);
  const buses = () => new NatsBus({ url: nats.url, prefix: "test", onChange: () => {} });
  const [a, b] = await startNodes(t, 2, { buses });
  const figure = async (name: string): Promise<number> => {
    const text = await (await fetch(`${a.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)![1]);
  };
  const ready = async (): Promise<unknown> => {
    const answer = await fetch(`${a.url}/readyz`);
    assert.equal(answer.status, 200);
    return ((await answer.json()) as { data: object }).data;
  };
  await until(async () => (await figure("stairwell_bus_up")) === 1 && (await figure("stairwell_nodes")) === 2);
  assert.deepEqual(await ready(), { ok: true });
  await nats.stop();
  await until(async () => (await figure("stairwell_bus_up")) === 0);
  assert.deepEqual(await ready(), { ok: true, degraded: ["bus"] });
  await b.running.close();
  await until(async () => (await figure("stairwell_nodes")) === 1);
});
