import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, atOnce, freshSeed, NatsServer, Random, StreamClient } from "@stairwell/testing";
import { type Bus, NatsBus, NO_BUS } from "../../src/bus/index.ts";
import { FaultyBus } from "./faulty-bus.ts";
import { startNodes, wellBuses } from "./network.ts";
import { until } from "./until.ts";

type Buses = (t: TestContext) => Promise<() => Bus>;

const BUSES: Record<string, Buses> = {
  "no bus": async () => () => NO_BUS,
  "a bus": async () => wellBuses(),
  "a bus that loses, doubles and reorders": async (t) => {
    const seed = freshSeed();
    t.diagnostic(`seed ${seed}`);
    const join = wellBuses();
    const random = new Random(seed);
    return () => new FaultyBus(join(), random);
  },
  NATS: async (t) => natsBuses(await NatsServer.start(t)),
};

function natsBuses(nats: NatsServer): () => NatsBus {
  return () => new NatsBus({ url: nats.url, prefix: "test", onChange: () => {} });
}

for (const [name, buses] of Object.entries(BUSES)) {
  test(`ST3 with ${name}, what is sent on three nodes at once comes to the streams of each, once and in order`, async (t) => {
    const nodes = await startNodes(t, 3, { buses: await buses(t) });
    const alice = await nodes[0].person("alice").signIn();
    const others = await Promise.all(nodes.map((node, i) => node.person(`p${i}`).signIn()));
    const roomId = await alice.roomWith(others);
    const streams = await Promise.all(others.map((person) => StreamClient.open(t, person)));
    const SENDS = 60;
    await Promise.all(
      nodes.flatMap((node, n) =>
        atOnce(4, async (writer) => {
          for (let i = 0; i < SENDS / 12; i++) await node.person("alice").say(roomId, `${n}-${writer}-${i}`);
        }),
      ),
    );
    for (const stream of streams) {
      await stream.when("every message", () => stream.events.length >= SENDS);
      assert.equal(new Set(stream.events.map(({ content }) => content.body)).size, SENDS);
    }
    // All heard the same, frame by frame: `StreamClient` has looked for gaps, repeats and order.
    const heard = streams.map((stream) => JSON.stringify(stream.events));
    assert.equal(new Set(heard).size, 1);
  });
}

test("ST2 a stream that opens while other nodes write begins where it says, and misses nothing", async (t) => {
  const [a, b] = await startNodes(t, 2, { buses: wellBuses() });
  const alice = await a.person("alice").signIn();
  const bob = await b.person("bob").signIn();
  const roomId = await alice.roomWith([bob]);
  let isOver = false;
  const writing = (async () => {
    let sent = 0;
    for (; !isOver; sent++) await alice.say(roomId, `n${sent}`);
    return sent;
  })();
  const streams: StreamClient[] = [];
  for (let i = 0; i < 20; i++) streams.push(await StreamClient.open(t, bob));
  isOver = true;
  const sent = await writing;
  const last = `n${sent - 1}`;
  for (const stream of streams) {
    const beganAt = Number.parseInt(stream.hello.cursor.split(".")[1], 36);
    await stream.when("the last message", () => stream.events.some(({ content }) => content.body === last));
    const first = stream.events[0]!;
    assert.equal(Number.parseInt(first.cursor.split(".")[1], 36), beganAt + 1, "the first event after hello");
  }
});

test("MB14 who joins and is kicked on one node hears it on another, and nothing after", async (t) => {
  for (const buses of [() => NO_BUS, wellBuses()]) {
    const [a, b] = await startNodes(t, 2, { buses });
    const alice = await a.person("alice").signIn();
    const bob = await b.person("bob").signIn();
    const roomId = await alice.roomWith([]);
    const stream = await StreamClient.open(t, bob);
    await alice.say(roomId, "before");
    assertOk(await alice.post(`/v1/rooms/${roomId}/invite`, { participant_id: bob.id }));
    assertOk(await a.person("bob").post(`/v1/rooms/${roomId}/join`));
    await alice.say(roomId, "within");
    assertOk(await alice.post(`/v1/rooms/${roomId}/kick`, { participant_id: bob.id }));
    await alice.say(roomId, "after");
    await stream.find((frame) => frame.type === "swp.room.member" && frame.content.cause === "kicked");
    const other = await b.person("carol").signIn();
    await other.roomWith([bob]);
    // What comes later has come: nothing of the room was in between.
    await stream.find((frame) => frame.type === "swp.room.member" && frame.room_id !== roomId);
    const said = stream.events
      .filter((event) => event.room_id === roomId)
      .map(({ content }) => content.body ?? content.membership);
    assert.deepEqual(said, ["invite", "join", "within", "leave"]);
  }
});

test("ST4 a long poll is answered by what another node commits, and by a cursor of another node", async (t) => {
  const [a, b] = await startNodes(t, 2);
  const alice = await a.person("alice").signIn();
  const bob = await b.person("bob").signIn();
  const roomId = await alice.roomWith([bob]);
  const { next_cursor: cursor } = (await sync(b.person("bob"), {})) as { next_cursor: string };
  const waiting = sync(b.person("bob"), { since: cursor, timeout: "20000" });
  await alice.say(roomId, "hello");
  const answer = (await waiting) as { events: { content: { body: string } }[]; next_cursor: string };
  assert.deepEqual(
    answer.events.map(({ content }) => content.body),
    ["hello"],
  );
  await alice.say(roomId, "again");
  const elsewhere = (await sync(a.person("bob"), { since: answer.next_cursor, timeout: "0" })) as typeof answer;
  assert.deepEqual(
    elsewhere.events.map(({ content }) => content.body),
    ["again"],
  );
});

async function sync(person: { url: string; credential: string }, query: Record<string, string>): Promise<unknown> {
  const response = await fetch(`${person.url}/v1/sync?${new URLSearchParams(query).toString()}`, {
    headers: { authorization: `Bearer ${person.credential}` },
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { data: unknown }).data;
}

test("ST3 NATS that goes, is paused and comes back costs streams nothing but time", async (t) => {
  const nats = await NatsServer.start(t);
  const [a, b] = await startNodes(t, 2, { buses: natsBuses(nats) });
  const alice = await a.person("alice").signIn();
  const bob = await b.person("bob").signIn();
  const roomId = await alice.roomWith([bob]);
  const stream = await StreamClient.open(t, bob);
  const said: string[] = [];
  const say = async (text: string) => {
    said.push(text);
    await alice.say(roomId, text);
    await stream.find(({ content }) => content?.body === text);
  };
  await say("well");
  nats.pause();
  await say("paused");
  assert.equal((await fetch(`${b.url}/readyz`)).status, 200);
  nats.goOn();
  await say("well again");
  await nats.stop();
  await say("gone");
  await until(
    async () =>
      ((await (await fetch(`${b.url}/readyz`)).json()) as { data: { degraded?: string[] } }).data.degraded?.includes(
        "bus",
      ) === true,
  );
  await nats.startAgain();
  await say("back");
  await until(
    async () =>
      ((await (await fetch(`${b.url}/readyz`)).json()) as { data: { degraded?: string[] } }).data.degraded ===
      undefined,
  );
  assert.deepEqual(
    stream.events.map(({ content }) => content.body),
    said,
  );
});
