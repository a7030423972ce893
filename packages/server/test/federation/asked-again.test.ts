import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, assertRefused, FaultProxy, type Person, rounds } from "@stairwell/testing";
import { BOB, bodiesOf, idOf, pair, type Pair, say, shared } from "./pair.ts";
import { headAt, roomAt, settled, sound, until } from "./settle.ts";

type Answer = Awaited<ReturnType<Person["post"]>>;

/** A command of bob's, or of another's, that is asked again and again under one key. */
interface Asking {
  readonly what: string;
  readonly ask: () => Promise<Answer>;
}

function asking(person: Person, what: string, path: string, body: object = {}): Asking {
  return { what, ask: () => person.post(path, body, { "idempotency-key": what }) };
}

/** What an answer says of the event that was asked for, done or not. */
function eventIn({ data, error }: Answer): string {
  return (data ?? (error.details as { event_id: string }))[data === undefined ? "event_id" : "id"] as string;
}

async function joined(all: Pair, room: string, person: Person): Promise<void> {
  assertOk(await all.ann.post(`/v1/rooms/${room}/invite`, { participant_id: person.id }));
  assertOk(await person.post(`/v1/rooms/${room}/join`));
}

/** A room of ann's with bob as its admin beside her. */
async function ruled(all: Pair): Promise<string> {
  const room = await shared(all);
  const at = `/v1/rooms/${room}/members/${await idOf(all.ann, room, BOB)}/power-level`;
  assertOk(await all.ann.put(at, { power_level: 100 }));
  return room;
}

/** A command of every kind, in rooms in which each would do something. */
async function ofEveryKind(all: Pair): Promise<{ rooms: readonly string[]; askings: readonly Asking[] }> {
  const { a, b, ann, bob } = all;
  const [carl, dora, eve] = ["carl", "dora", "eve"].map((name) => a.server.person(name, "a"));
  for (const person of [carl!, dora!, eve!, a.server.person("fred", "a")]) await person.signIn();
  const [main, left] = [await ruled(all), await shared(all)];
  const [archived, closed] = [await ruled(all), await ruled(all)];
  for (const person of [carl!, dora!, eve!]) await joined(all, main, person);
  assertOk(await ann.post(`/v1/rooms/${main}/ban`, { participant_id: eve!.id }));
  const [edited, redacted, liked] = [
    await say(bob, main, "to be better"),
    await say(bob, main, "to go"),
    await say(ann, main, "to be liked"),
  ];
  const rooms = [main, left, archived, closed];
  for (const room of rooms) await settled([a, b], room);
  const at = `/v1/rooms/${main}`;
  const here = (fqid: string) => idOf(bob, main, fqid);
  const { data: bans } = assertOk(await bob.get(`${at}/bans`));
  const [kicked, banned] = [await here(`@carl:${a.name}`), await here(`@dora:${a.name}`)];
  const askings = [
    asking(bob, "kick", `${at}/kick`, { participant_id: kicked }),
    asking(bob, "ban", `${at}/ban`, { participant_id: banned }),
    asking(bob, "unban", `${at}/unban`, { participant_id: bans[0].participant.id }),
    asking(bob, "invite", `${at}/invite`, { fqid: `@fred:${a.name}` }),
    asking(bob, "send", `${at}/send`, { content: { body: "once" } }),
    asking(bob, "edit", `${at}/events/${edited}/edit`, { content: { body: "better" } }),
    asking(bob, "redact", `${at}/events/${redacted}/redact`),
    asking(bob, "reaction", `${at}/events/${liked}/reaction`, { emoji: "👍" }),
    asking(bob, "archive", `/v1/rooms/${archived}/archive`),
    asking(bob, "close", `/v1/rooms/${closed}/close`),
    asking(bob, "leave", `/v1/rooms/${left}/leave`),
  ];
  return { rooms, askings };
}

/** What is asked of a hub besides is answered, such as who it is that is to be invited. */
const NOT_SENT = ({ url }: { readonly url?: string | undefined }): "answer lost" | undefined =>
  url!.endsWith("/send") ? "answer lost" : undefined;

async function proxied(t: TestContext, { world, a, b }: Pair) {
  const [toA, toB] = [await FaultProxy.start(t, a.server.url), await FaultProxy.start(t, b.server.url)];
  world.hosts.set(a.name, toA.url);
  world.hosts.set(b.name, toB.url);
  return { toA, toB };
}

for (let round = 0; round < rounds(10); round++) {
  test(`AP6 FD13 whatever was done at the hub is answered as done when it is asked for again, whatever holds by then (round ${round})`, async (t) => {
    const all = await pair(t);
    const { a, b, ann, bob } = all;
    for (const { server, name } of [a, b]) await server.liftLimits(name.split(".")[0]!);
    const { rooms, askings } = await ofEveryKind(all);
    const { toA, toB } = await proxied(t, all);
    [toA.fault, toB.fault] = [NOT_SENT, "down"];
    const first = new Map<string, string>();
    for (const { what, ask } of askings) {
      const answer = await ask();
      assert.ok([202, 504].includes(answer.status), `${what} ${answer.status} ${JSON.stringify(answer.error)}`);
      first.set(what, eventIn(answer));
    }
    // While nobody here knows what became of it, it is the same event still, also where it cannot even be asked about.
    for (const fault of [NOT_SENT, "down"] as const) {
      toA.fault = fault;
      for (const { what, ask } of askings) {
        const answer = await ask();
        // Who is leaving has left, as they themselves see it.
        if (what === "leave") assert.deepEqual([answer.status, answer.data.leaving], [200, true]);
        else assert.deepEqual([[202, 504].includes(answer.status), eventIn(answer)], [true, first.get(what)], what);
      }
    }
    [toA.fault, toB.fault] = [undefined, undefined];
    for (const room of rooms) await settled([a, b], room);
    await until(async () => ((await bob.get("/v1/me/pending")).data.length === 0 ? true : undefined), "all fates");
    // By now bob may do nothing of it any more.
    const [main] = rooms as [string];
    const power = `/v1/rooms/${main}/members/${await idOf(ann, main, BOB)}/power-level`;
    assertOk(await bob.put(`/v1/rooms/${main}/members/${bob.id}/power-level`, { power_level: 1 }));
    assertOk(await ann.put(power, { power_level: 0 }));
    assertOk(await ann.post(`/v1/rooms/${main}/archive`));
    for (const room of rooms) await settled([a, b], room);
    const heads = await Promise.all(rooms.map((room) => headAt(a, room)));
    for (let again = 0; again < 2; again++) {
      for (const { what, ask } of askings) {
        const answer = await ask();
        assert.ok(answer.status < 202, `${what} ${answer.status} ${JSON.stringify(answer.error)}`);
        if (what === "send") assert.equal(eventIn(answer), first.get(what));
      }
    }
    for (const { what, ask } of askings) {
      if (what !== "kick") continue;
      const other = await bob.post(
        `/v1/rooms/${main}/kick`,
        { participant_id: "pt_none" },
        { "idempotency-key": what },
      );
      assertRefused(other, 409, "SW_IDEMPOTENCY_CONFLICT", "AP6");
      assertOk(await ask());
    }
    assert.deepEqual(await Promise.all(rooms.map((room) => headAt(a, room))), heads);
    // Each of them once, under the id that it was answered with.
    const seen = await a.server.db.all<{ event_id: string; n: number }>(
      "SELECT event_id, count(*) AS n FROM events GROUP BY event_id",
    );
    for (const [what, id] of first) assert.equal(seen.find(({ event_id }) => event_id === id)?.n, 1, what);
    await sound(a, b);
  });
}

test("AP6 FD12 FD13 a join, or a way back, that the hub has taken is answered as done when it is asked for again", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob, admin } = all;
  const frozen = await ruled(all);
  assertOk(await ann.post(`/v1/rooms/${frozen}/archive`));
  await settled([a, b], frozen);
  const entered = await ann.roomWith([], { name: "To be entered" });
  assertOk(await admin.put(`/v1/admin/rooms/${entered}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${entered}/federation/invite`, { fqid: BOB }));
  await until(() => roomAt(b, entered), "the invite");
  const { toA, toB } = await proxied(t, all);
  for (const [room, what] of [
    [entered, "join"],
    [frozen, "rejoin"],
  ] as const) {
    const { ask } = asking(bob, what, `/v1/rooms/${room}/${what}`);
    [toA.fault, toB.fault] = ["answer lost", "down"];
    const first = await ask();
    assertRefused(first, 504, "SW_FED_OUTCOME_UNKNOWN");
    assert.equal(eventIn(await ask()), eventIn(first));
    [toA.fault, toB.fault] = [undefined, undefined];
    await settled([a, b], room);
    if (what === "rejoin") {
      const power = `/v1/rooms/${room}/members/${await idOf(ann, room, BOB)}/power-level`;
      assertOk(await bob.put(`/v1/rooms/${room}/members/${bob.id}/power-level`, { power_level: 0 }));
      assertOk(await ann.put(power, { power_level: 0 }));
    }
    assertOk(await ann.post(`/v1/rooms/${room}/archive`));
    const head = await settled([a, b], room);
    assertOk(await ask());
    assert.equal(await settled([a, b], room), head, what);
  }
  await sound(a, b);
});

test("AP6 FD13 what the hub refused is answered with its refusal when it is asked for again and refused here too", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await ruled(all);
  const carl = await a.server.person("carl", "a").signIn();
  await joined(all, room, carl);
  await settled([a, b], room);
  const who = { participant_id: await idOf(bob, room, `@carl:${a.name}`) };
  const kick = asking(bob, "kick", `/v1/rooms/${room}/kick`, who);
  const { toA, toB } = await proxied(t, all);
  [toA.fault, toB.fault] = ["answer lost", "down"];
  assertOk(await ann.post(`/v1/rooms/${room}/archive`));
  assertRefused(await kick.ask(), 504, "SW_FED_OUTCOME_UNKNOWN");
  toA.fault = undefined;
  const waits = async () => (await b.server.db.all("SELECT 1 FROM proposals WHERE state = 'sent'")).length > 0;
  // Whatever else is asked of the hub has it asked of this again.
  await until(async () => {
    await bob.post(`/v1/rooms/${room}/send`, { content: { body: "too late" } });
    return (await waits()) ? undefined : true;
  }, "its fate");
  toB.fault = undefined;
  assertOk(await ann.post(`/v1/rooms/${room}/rejoin`));
  assertOk(await ann.post(`/v1/rooms/${room}/kick`, { participant_id: carl.id }));
  await settled([a, b], room);
  for (let again = 0; again < 2; again++) assertRefused(await kick.ask(), 409, "SW_ROOM_FROZEN");
  assertRefused(await bob.post(`/v1/rooms/${room}/kick`, who), 409, "SW_MEMBER_STATE");
  await settled([a, b], room);
  await sound(a, b);
});

test("EV1 FD13 what waits for the hub with an event_uuid waits once, also when it is refused here by now", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  const { toA } = await proxied(t, all);
  toA.fault = "down";
  const at = `/v1/rooms/${room}/send`;
  const one = { content: { body: "one" }, event_uuid: "u-1" };
  const waits = await bob.post(at, one);
  assert.equal(waits.status, 202);
  assertOk(await ann.post(`/v1/rooms/${room}/archive`));
  await settled([a, b], room);
  assertRefused(await bob.post(at, { content: { body: "new" } }), 409, "SW_ROOM_FROZEN");
  const again = await bob.post(at, one);
  assert.deepEqual([again.status, again.data], [202, waits.data]);
  const other = await bob.post(at, { ...one, content: { body: "other" } });
  assertRefused(other, 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");
  const { length } = await b.server.db.all("SELECT 1 FROM proposals WHERE event_uuid IS NOT NULL");
  toA.fault = undefined;
  assertRefused(await bob.post(at, one), 409, "SW_ROOM_FROZEN");
  assert.deepEqual([length, await bodiesOf(ann, room)], [1, []]);
  await sound(a, b);
});
