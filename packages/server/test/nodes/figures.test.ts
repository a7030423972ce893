import assert from "node:assert/strict";
import { test } from "node:test";
import { NatsServer } from "@stairwell/testing";
import { NatsBus } from "../../src/bus/index.ts";
import { startNodes } from "./network.ts";
import { until } from "./until.ts";

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
