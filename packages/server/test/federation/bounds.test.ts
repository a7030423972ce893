import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { test } from "node:test";
import { assertOk, rounds } from "@stairwell/testing";
import { findHead } from "../../src/events/index.ts";
import { verify } from "../../src/verify/index.ts";
import { MOST_INVITED } from "../../src/federation/replica/accept-invite.ts";
import { type EagerInvite, listEagerInvites } from "../../src/federation/rows/replicas.store.ts";
import { EvilPeer, send } from "./evil-peer.ts";
import { EvilRoom, post, propose, results, SEND } from "./evil-room.ts";
import {
  ANN,
  hubStage,
  type HubStage,
  MALLORY,
  member,
  MESSAGE,
  one,
  replicaStage,
  said,
  serve,
} from "./evil-stage.ts";
import { headAt, roomAt, until } from "./settle.ts";

/** A signed request whose body has begun, and what ends it. */
function slow(evil: EvilPeer, { home }: Pick<HubStage, "home">, items: unknown) {
  const body = JSON.stringify({ items });
  const { hostname, port } = new URL(home.server.url);
  const headers = evil.sign(home.name, "POST", SEND, body);
  const asking = request({ host: hostname, port, method: "POST", path: SEND, headers, setHost: false, agent: false });
  asking.on("error", () => {});
  const half = Math.floor(body.length / 2);
  asking.write(body.slice(0, half));
  const answered = once(asking, "response").then(async ([response]) => {
    let text = "";
    for await (const chunk of (response as IncomingMessage).setEncoding("utf8")) text += chunk as string;
    return { status: (response as IncomingMessage).statusCode!, body: JSON.parse(text) as { data?: unknown } };
  });
  answered.catch(() => {});
  return { answered, end: () => asking.end(body.slice(half)), cut: () => asking.destroy() };
}

async function count({ home }: Pick<HubStage, "home">, table: "participants" | "rooms" | "events"): Promise<number> {
  return (await home.server.db.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))!.n;
}

test("FD11 a server that invites to ever more rooms is refused beyond a bound, and others are not: FIN-42", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann, world } = all;
  const rooms = Array.from({ length: MOST_INVITED }, () => new EvilRoom(evil));
  for (let at = 0; at < rooms.length; at += 50) {
    const items = rooms.slice(at, at + 50).map((room) => room.invite(ANN));
    for (const { status } of await results(evil, home, items)) assert.equal(status, "ok");
  }
  const more = new EvilRoom(evil).invite(ANN);
  const told = await one(all, more);
  assert.deepEqual([told.status, told.error?.code], ["refused", "SW_ROOM_CAPACITY"]);
  const third = await EvilPeer.start(t, "third.localhost");
  world.hosts.set(third.name, third.url);
  assert.equal((await results(third, home, [new EvilRoom(third).invite(ANN)]))[0]!.status, "ok");
  // Who is invited already hears nothing more of it, and it costs no row.
  const before = await count(all, "events");
  for (let i = 0; i < 5; i++) assert.equal((await one(all, rooms[0]!.invite(ANN))).status, "ok");
  assert.equal(await count(all, "events"), before);
  rooms[1]!.events.length = 4;
  serve(rooms[1]!);
  assertOk(await ann.post(`/v1/rooms/${rooms[1]!.id}/join`));
  assert.equal((await one(all, more)).status, "ok");
});

test("MB5 FIN-42 invites that one server keeps open keep no bot from those of another", async (t) => {
  const all = await replicaStage(t);
  const { home, evil } = all;
  const { db } = home.server;
  const items = Array.from({ length: 5 }, () => new EvilRoom(evil).invite(ANN));
  for (const { status } of await results(evil, home, items)) assert.equal(status, "ok");
  await db.write("deployment", (tx) => tx.run("UPDATE participants SET auto_join = 1 WHERE fqid = $1", ANN));
  const tried: number[] = [];
  for (let sweep = 0, last: EagerInvite | undefined; sweep < 3; sweep++) {
    const invites = await listEagerInvites(db, last, 2);
    tried.push(...invites.map(({ roomNo }) => roomNo));
    last = invites.at(-1);
  }
  assert.equal(new Set(tried.slice(0, 5)).size, 5);
  assert.equal(tried[5], tried[0]);
});

test("FD15 who was never invited is made known by nothing that is refused", async (t) => {
  const all = await hubStage(t);
  const { home, evil, room } = all;
  const before = await count(all, "participants");
  const items = Array.from({ length: 25 }, (_, i) => [
    propose(evil, room, { ...said("x"), sender: `@eve${i}:evil.localhost` }),
    propose(evil, room, member(`@guest${i}:third.localhost`, "invite", { invited_by: MALLORY })),
  ]).flat();
  let [writes, runs] = [0, 0];
  const asked = results(evil, home, items);
  let isOver = false;
  asked.finally(() => (isOver = true)).catch(() => {});
  while (!isOver) {
    writes++;
    await home.server.db.write({ tenantNo: home.tenant.tenantNo }, async (tx) => {
      runs++;
      await tx.get("SELECT 1");
    });
  }
  for (const [i, { status, error }] of (await asked).entries()) {
    assert.deepEqual([status, error?.code], ["refused", i % 2 === 0 ? "SW_ROOM_NOT_FOUND" : "SW_FED_POLICY"]);
  }
  assert.equal(await count(all, "participants"), before);
  assert.equal(runs, writes, "a refusal after a write has whoever shares its group do all again");
});

test("FD16 policy that changes while a body is on its way holds for all that is in it: FIN-13", async (t) => {
  const all = await hubStage(t);
  const { home, evil, room } = all;
  const before = await headAt(home, room);
  const under = slow(evil, all, [propose(evil, room, said("late")), propose(evil, room, said("later"))]);
  await until(
    async () => (await home.server.db.get("SELECT 1 FROM peers WHERE server_name = $1", evil.name)) && true,
    "it",
  );
  await home.setPolicy({ denied_peers: [evil.name] });
  under.end();
  const { status, body } = await under.answered;
  if (status === 200) {
    for (const each of (body.data as { results: { error?: { code: string } }[] }).results) {
      assert.equal(each.error?.code, "SW_FED_POLICY");
    }
  } else assert.equal(status, 403);
  assert.equal(await headAt(home, room), before);
});

test("FD16 once a server is denied, nothing more of what it had under way has an effect: FIN-13", async (t) => {
  const { home, evil, room } = await hubStage(t);
  const position = async () => (await findHead(home.server.db, (await roomAt(home, room))!))!.position;
  let cut = 0;
  for (let round = 0; round < rounds(50); round++) {
    const items = Array.from({ length: 50 }, (_, i) => propose(evil, room, said(`${round} ${i}`)));
    const begun = await position();
    const asked = results(evil, home, items);
    await until(async () => ((await position()) > begun ? true : undefined), "its beginning");
    await home.setPolicy({ denied_peers: [evil.name] });
    const at = await position();
    const told = await asked;
    assert.equal(await position(), at, `round ${round}`);
    assert.equal(told.filter(({ status }) => status === "sequenced").length, at - begun);
    cut += told.filter(({ error }) => error?.code === "SW_FED_POLICY").length;
    await home.setPolicy({ denied_peers: [] });
  }
  assert.notEqual(cut, 0);
});

test("FIN-27 one server's requests under way are bounded, slow bodies too, and another's are not by them", async (t) => {
  const all = await hubStage(t);
  const { home, evil, stranger, room } = all;
  const held = Array.from({ length: 50 }, () => slow(evil, all, [propose(evil, room, said("slow"))]));
  const TARGET = "/_stairwell/federation/v1/profile/ann";
  const ask = (peer: EvilPeer) => send(home.server.url, "GET", TARGET, peer.sign(home.name, "GET", TARGET));
  const full = await until(async () => {
    const told = await ask(evil);
    return told.status === 200 ? undefined : told;
  }, "all to be under way");
  assert.deepEqual([full.status, full.body.error?.code], [429, "SW_RATE_LIMIT_EXCEEDED"]);
  assert.equal(full.headers["retry-after"], "1");
  assert.equal((await ask(stranger)).status, 200);
  for (const each of held.slice(0, 25)) each.cut();
  for (const each of held.slice(25)) each.end();
  for (const { answered } of held.slice(25)) assert.equal((await answered).status, 200);
  await until(async () => ((await ask(evil)).status === 200 ? true : undefined), "free places");
  const again = await Promise.all(Array.from({ length: 45 }, () => ask(evil)));
  assert.ok(again.every(({ status }) => status === 200));
});

test("FD21 an answer fits a mebibyte whatever was asked: what does not is to be asked again, and stands once", async (t) => {
  const { home, evil, ann, room } = await hubStage(t);
  // A body that just fits: the answers are larger than what was asked.
  let items: unknown[] = Array.from({ length: 50 }, (_, i) => propose(evil, room, said(`${i} ${"x".repeat(20_100)}`)));
  const bodies: string[] = [];
  for (let tries = 0; items.length > 0; tries++) {
    assert.ok(tries < 5, "it ends");
    const told = await post(evil, home, items);
    assert.ok(Buffer.byteLength(JSON.stringify(told.body)) <= 1024 * 1024);
    const { results: each } = told.body.data as {
      results: { status: string; event?: { content: { body: string } } }[];
    };
    bodies.push(...each.flatMap(({ event }) => (event === undefined ? [] : [event.content.body.split(" ")[0]!])));
    assert.equal(each[0]!.status, "sequenced");
    assert.ok(each.every(({ status }) => status === "sequenced" || status === "retry"));
    items = items.filter((_, i) => each[i]!.status === "retry");
  }
  assert.deepEqual(
    bodies,
    Array.from({ length: 50 }, (_, i) => `${i}`),
  );
  assert.equal((await ann.history(room)).filter(({ event_type }) => event_type === MESSAGE).length, 50);
});

test("FD21 what is said right after a join that does not fit any more waits with it, and is not refused", async (t) => {
  const { home, evil, admin, room, own } = await hubStage(t);
  assertOk(await admin.put(`/v1/admin/rooms/${own}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${own}/federation/invite`, { fqid: MALLORY }));
  const large = propose(evil, room, said("x".repeat(60_000)));
  const join = propose(evil, own, member(MALLORY, "join"));
  const items = [
    large,
    propose(evil, room, said("and more".repeat(1000))),
    join,
    propose(evil, own, said("here I am")),
  ];
  const statuses = async (all: readonly unknown[]) => (await results(evil, home, all)).map(({ status }) => status);
  assert.deepEqual(await statuses(items), ["sequenced", "sequenced", "retry", "retry"]);
  assert.deepEqual(await statuses(items.slice(2)), ["sequenced", "sequenced"]);
});

test("FD10 of a room that is shared no more nothing is given but what was still due: FIN-19, FIN-33", async (t) => {
  const { home, evil, admin, ann, room } = await hubStage(t);
  await ann.say(room, "before the end");
  const asked = async (range: string) => {
    const target = `/_stairwell/federation/v1/rooms/${room}/backfill?${range}`;
    const { status, body } = await send(home.server.url, "GET", target, evil.sign(home.name, "GET", target));
    const { events } = (body.data ?? {}) as { events?: { envelope: { position: number } }[] };
    return [status, body.error?.code ?? events!.map(({ envelope }) => envelope.position)] as const;
  };
  assert.equal((await asked("after=0&limit=1000"))[0], 200);
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: false }));
  // The scripted server says that it has all that it is told.
  await until(async () => ((await asked("after=0"))[0] === 404 ? true : undefined), "the last to be confirmed");
  for (const range of ["after=0", "before=5", "after=4&limit=1", "before=1000"]) {
    assert.deepEqual(await asked(range), [404, "SW_ROOM_NOT_FOUND"], range);
  }
});

test("FD13 somebody who left, and was the last of their server, is answered the same when they ask again", async (t) => {
  const { home, evil, room } = await hubStage(t);
  const leave = propose(evil, room, member(MALLORY, "leave", { cause: "left" }));
  const [left] = await results(evil, home, [leave]);
  assert.equal(left!.status, "sequenced", JSON.stringify(left));
  assert.deepEqual(await results(evil, home, [leave]), [left]);
  const [late] = await results(evil, home, [propose(evil, room, said("late"))]);
  assert.deepEqual([late!.status, late!.error?.code], ["refused", "SW_ROOM_NOT_FOUND"]);
  assert.deepEqual((await verify(home.server.db)).findings, []);
});

test("FD3 whoever is denied is not asked for a key, whoever else's room brings its people: FIN-13", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann, world } = all;
  const third = await EvilPeer.start(t, "third.localhost");
  world.hosts.set(third.name, third.url);
  await home.setPolicy({ denied_peers: [third.name] });
  const room = new EvilRoom(evil);
  assert.equal((await one(all, room.invite(ANN))).status, "ok");
  serve(room);
  assertOk(await ann.post(`/v1/rooms/${room.id}/join`));
  const event = room.message("from a third", {
    sender: `@pat:${third.name}`,
    by: { name: third.name, key: third.key },
  });
  const denied = await one(all, { type: "event", event, head: room.head(event) });
  assert.deepEqual([denied.status, denied.error?.code], ["refused", "SW_FED_SIGNATURE"]);
  assert.equal(third.asked, 0);
  await home.setPolicy({ denied_peers: [] });
  assert.equal((await one(all, { type: "event", event, head: room.head(event) })).status, "confirmed");
  assert.equal(third.asked, 1);
});
