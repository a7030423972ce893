import assert from "node:assert/strict";
import { test } from "node:test";
import type { Item } from "@stairwell/protocol/federation";
import { DescriptorFault, readDescriptor } from "@stairwell/protocol/signing";
import { assertOk, freshSeed, Random, rounds } from "@stairwell/testing";
import { verifyEd25519 } from "../../src/lib/ed25519.ts";
import { verify } from "../../src/verify/index.ts";
import { rowsOf } from "../support/rows-of.ts";
import { EvilPeer } from "./evil-peer.ts";
import { answering, EvilRoom, results } from "./evil-room.ts";
import { ANN, backfill, one, replicaStage, said, serve, trapped } from "./evil-stage.ts";
import { mutated } from "./mutate.ts";
import { headAt } from "./settle.ts";

/** What no caller may be answered, whatever another server says: our own failure. */
function assertNotOurs({ status, error }: { status: number; error?: unknown }, what: string): void {
  assert.ok(status !== 500, `${what}: ${status} ${JSON.stringify(error)}`);
}

test("FIN-29 FIN-20 generated bad runs of a hub's log are refused, change no row, and the honest one is taken", async (t) => {
  const all = await replicaStage(t);
  const { home, evil } = all;
  const [room, calm] = [await trapped(all), new EvilRoom(evil)];
  assert.equal((await one(all, calm.invite(ANN))).status, "ok");
  serve(calm);
  assertOk(await all.ann.post(`/v1/rooms/${calm.id}/join`));
  const seed = freshSeed();
  const random = new Random(seed);
  const kinds = [
    said("bad"),
    { type: "swp.room.name", content: { name: "Bad" } },
    { type: "swp.room.member", content: { participant: "@eve:evil.localhost", membership: "join" } },
    { type: "swp.room.power", content: { participant: "@mallory:evil.localhost", power_level: 100 } },
    { type: "com.example.poll", content: { a: [1, { b: null }] } },
  ];
  for (let done = 0; done < rounds(1500); done += 20) {
    const rows = await rowsOf(home.server.db);
    const items = Array.from({ length: 20 }, () => {
      const event = room.next(random.pick(kinds));
      return mutated(random, { type: "event", event, head: room.head(event) });
    });
    const told = await results(evil, home, items);
    for (const [i, { status }] of told.entries()) {
      const what = `seed ${seed}: ${status} ${JSON.stringify(items[i]).slice(0, 2000)}`;
      // What names a place far ahead is asked for, and does not come.
      assert.ok(status === "refused" || status === "retry", what);
      assert.notEqual(told[i]!.error?.code, "SW_ROOM_FROZEN", what);
    }
    assert.equal(await rowsOf(home.server.db), rows, `seed ${seed} at ${done}`);
    const items2 = [...items.slice(0, 9), ...calm.deliver([calm.message(`good ${done}`)]), ...items.slice(9)];
    assert.equal((await results(evil, home, items2))[9]!.status, "confirmed", `seed ${seed} at ${done}`);
  }
  const honest = room.message("honest");
  assert.equal((await one(all, room.deliver([honest])[0])).status, "confirmed");
  assert.deepEqual((await verify(home.server.db)).findings, []);
});

test("FIN-29 FOU-12 generated bad pages of backfill fill no gap, and the right one does", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const room = await trapped(all);
  for (const body of ["one", "two", "three"]) room.message(body);
  const [last] = room.deliver([room.message("last")]);
  const seed = freshSeed();
  const random = new Random(seed);
  const rows = await rowsOf(home.server.db);
  const before = await headAt(home, room.id);
  for (let done = 0; done < rounds(500); done++) {
    let page: unknown;
    answering(
      evil,
      () => ({ results: [] }),
      (target) => (page = mutated(random, backfill(room, target), (path) => path !== "/head/key_id")),
    );
    const told = await one(all, last);
    const what = `seed ${seed}: ${JSON.stringify(page).slice(0, 3000)}`;
    assert.ok(told.status === "refused" || told.status === "retry", `${told.status} ${what}`);
    assert.equal(await headAt(home, room.id), before, what);
  }
  assert.equal(await rowsOf(home.server.db), rows, `seed ${seed}`);
  serve(room);
  assert.equal((await one(all, last)).status, "confirmed");
  const bodies = (await ann.history(room.id)).flatMap(({ content }) => content?.body ?? []);
  assert.deepEqual(bodies, ["one", "two", "three", "last"]);
});

test("FIN-29 FOU-10 generated bad answers to joins and messages are believed in nothing", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const [room, trap] = [await trapped(all), new EvilRoom(evil)];
  assert.equal((await one(all, trap.invite(ANN))).status, "ok");
  const [said1, asked1] = [room.events.length, trap.events.length];
  const seed = freshSeed();
  const random = new Random(seed);
  let answer: unknown;
  // A join may bring fewer of the events before it, and of those what a wiped reason left, without its salt.
  const isOpen = (path: string) =>
    path !== "/join/state" && path !== "/join/events/0" && !/^\/join\/events\/[1-9]\d*\/salt$/.test(path);
  const bad = (answered: object): unknown => (answer = mutated(random, answered, isOpen));
  const script = (item: Item): unknown => {
    if (item.type !== "submit") return { status: "ok" };
    const at = item.event.room_id === room.id ? room : trap;
    at.events.length = at === room ? said1 : asked1;
    const event = at.sequence(item.event);
    return bad({ status: "sequenced", event, head: at.head(), ...(at === trap && { join: at.join() }) });
  };
  const refuse = () => ({ status: "refused", error: { code: "SW_MEMBER_STATE" } });
  const [here, there] = [await headAt(home, room.id), await headAt(home, trap.id)];
  for (let done = 0; done < rounds(500); done++) {
    answering(
      evil,
      (items) => ({ results: items.map(script) }),
      () => ({ events: [], head: null }),
    );
    const isJoin = random.chance(0.5);
    const told = isJoin
      ? await ann.post(`/v1/rooms/${trap.id}/join`)
      : await ann.post(`/v1/rooms/${room.id}/send`, { content: { body: `n${done}` } });
    const what = `seed ${seed}: ${JSON.stringify(answer).slice(0, 3000)}`;
    assertNotOurs(told, what);
    assert.ok(told.status >= 400 || (!isJoin && told.status === 202), `${told.status} ${what}`);
    assert.equal(await headAt(home, room.id), here, what);
    assert.equal(await headAt(home, trap.id), there, what);
    // Its fate is known then, and the next one is asked for anew.
    answering(
      evil,
      (items) => ({ results: items.map(refuse) }),
      () => ({ events: [], head: null }),
    );
    if (isJoin) await ann.post(`/v1/rooms/${trap.id}/join`);
    else await ann.post(`/v1/rooms/${room.id}/send`, { content: { body: "the last of them" } });
  }
  room.events.length = said1;
  trap.events.length = asked1;
  serve(trap);
  assertOk(await ann.post(`/v1/rooms/${trap.id}/join`));
  assert.deepEqual((await verify(home.server.db)).findings, []);
});

test("FIN-29 FOU-11 generated bad profiles make nobody known, and harm nobody", async (t) => {
  const { home, evil, ann } = await replicaStage(t);
  const admin = home.server.person("admin", "home");
  await admin.signIn();
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  const seed = freshSeed();
  const random = new Random(seed);
  let answered: unknown;
  const before = await rowsOf(home.server.db);
  for (let done = 0; done < rounds(300); done++) {
    const fqid = `@eve${done}:evil.localhost`;
    const profile = { data: { fqid, display_name: "Eve", participant_type: "human", avatar_url: null } };
    evil.answer = (request, response) => {
      response.setHeader("content-type", "application/json");
      if (request.url!.startsWith("/.well-known/")) return void response.end(evil.descriptor());
      do answered = mutated(random, profile, (path) => path === "/data" || path === "/data/fqid");
      while ((answered as { data?: { fqid?: unknown } | null }).data?.fqid === fqid);
      response.end(JSON.stringify(answered));
    };
    const told = await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid, reason: "come" });
    const what = `seed ${seed}: ${JSON.stringify(answered)}`;
    assertNotOurs(told, what);
    assert.ok(told.status >= 400, `${told.status} ${what}`);
    assert.equal(await rowsOf(home.server.db), before, what);
  }
});

test("FIN-29 FIN-08 generated bad descriptors are refused, each with a reason", () => {
  const evil = EvilPeer.unheard("evil.localhost");
  evil.rotate({ introduced: true });
  const seed = freshSeed();
  const random = new Random(seed);
  const text = evil.descriptor();
  const read = (given: string) => readDescriptor(given, evil.name, Date.now() + 5000, verifyEd25519);
  const right = read(text);
  assert.equal(right.keys.length, 2);
  for (let done = 0; done < rounds(2000); done++) {
    const bad = JSON.stringify(mutated(random, JSON.parse(text) as object));
    try {
      // What stands beside the signature is not covered by it, and is not looked at.
      assert.deepEqual(read(bad), right, `seed ${seed}: ${bad}`);
      assert.match(bad, /"signature":\{/);
    } catch (error) {
      assert.ok(error instanceof DescriptorFault, `seed ${seed}: ${bad} ${String(error)}`);
    }
  }
});
