import assert from "node:assert/strict";
import { test } from "node:test";
import type { Item } from "@stairwell/protocol/federation";
import { assertOk, freshSeed, type Person, Random, rounds } from "@stairwell/testing";
import { verify } from "../../src/verify/index.ts";
import { rowsOf } from "../support/rows-of.ts";
import { makeKey, send } from "./evil-peer.ts";
import { EvilRoom, type Loose, post, propose, results, SEND } from "./evil-room.ts";
import { ANN, hubStage, type HubStage, MALLORY, member, MESSAGE, said } from "./evil-stage.ts";
import { misspelt, mutated } from "./mutate.ts";
import { headAt } from "./settle.ts";

const MEL = "@mel:evil.localhost";
const CARL = "@carl:home.localhost";

interface Grounds extends HubStage {
  /** An event of ann's, and one of mallory's, in the shared room. */
  hers: string;
  theirs: string;
  /** A room that the scripted server orders, with ann invited to it. */
  trap: EvilRoom;
}

async function grounds(all: HubStage): Promise<Grounds> {
  const { home, evil, ann, admin, room } = all;
  await home.setPolicy({ members_may_invite: true });
  await home.server.person("carl", "home").signIn();
  const members = assertOk(await ann.get(`/v1/rooms/${room}/members`)).data as {
    participant: { fqid: string; id: string };
  }[];
  const { id } = members.find(({ participant }) => participant.fqid === MALLORY)!.participant;
  assertOk(await ann.put(`/v1/rooms/${room}/members/${id}/power-level`, { power_level: 50 }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: MEL, reason: "come" }));
  const join = propose(evil, room, { ...member(MEL, "join"), sender: MEL });
  const own = propose(evil, room, said("theirs"));
  for (const { status } of await results(evil, home, [join, own])) assert.equal(status, "sequenced");
  const hers = await ann.say(room, "hers");
  const theirs = (own as unknown as { event: { id: string } }).event.id;
  return { ...all, hers, theirs, trap: new EvilRoom(evil) };
}

/** Everything that somebody of another server may rightly say, one of each kind; most of it would be taken. */
function honest({ evil, room, hers, theirs, trap }: Grounds): Record<string, unknown> {
  const say = (type: string, content: unknown) => propose(evil, room, { type, content });
  const sha256 = "ab".repeat(32);
  return {
    message: propose(evil, room, said("bad")),
    mention: say(MESSAGE, { body: "bad", mentions: [ANN, "@room"] }),
    reply: say(MESSAGE, { body: "bad", reply_to_event_id: hers }),
    medium: say(MESSAGE, { body: "bad", media_id: { sha256, size: 1, mime_type: "text/plain", name: "a.txt" } }),
    custom: say("com.example.poll", { question: "bad", options: [1, 2, { a: null }] }),
    edit: say("swp.room.edit", { event_id: theirs, content: { body: "bad" } }),
    reaction: say("swp.room.reaction", { event_id: hers, emoji: "👍", action: "add" }),
    redaction: say("swp.room.redaction", { event_id: theirs }),
    name: say("swp.room.name", { name: "bad" }),
    topic: say("swp.room.topic", { topic: "bad" }),
    state: say("swp.room.state", { state: "archived" }),
    power: say("swp.room.power", { participant: MEL, power_level: 10 }),
    invite: propose(evil, room, member(CARL, "invite", { invited_by: MALLORY })),
    kick: propose(evil, room, member(MEL, "leave", { cause: "kicked" })),
    ban: propose(evil, room, member(MEL, "ban")),
    leave: propose(evil, room, member(MALLORY, "leave", { cause: "left" })),
    room: trap.invite(ANN),
    event: trap.deliver(trap.events.slice(-1))[0],
  };
}

/** Fields that no signature covers, and whose other values may be as good as those they had. */
const OPEN_TO_TASTE: Readonly<Record<string, RegExp>> = {
  // What an invite shows of its room is its hub's word, and so is a content whose reason, and with it the salt, was wiped.
  room: /^\/room(?:\/(?!room_id)|$)|^\/event\/salt$/,
};

/** An item that is wrong without anything of it being changed after it was signed. */
function lying(random: Random, all: Grounds): unknown {
  const { evil, stranger, room, own } = all;
  const content = { type: MESSAGE, content: { body: "bad" } };
  const key = makeKey();
  const bent = (sent: Record<string, unknown>) => propose(evil, room, content, { signed: sent, sent });
  const later = Date.now() + 253_402_300_800_000;
  return random.pick<() => unknown>([
    () => propose(evil, random.pick([own, "room-none", "__proto__", "\u0000", "../x", "r".repeat(255)]), content),
    () =>
      propose(evil, room, { ...content, sender: random.pick([ANN, "@pat:third.localhost", "@eve:evil.localhost"]) }),
    () => propose(evil, room, { ...content, acted_by: random.pick([ANN, MEL, MALLORY]) }),
    () => propose(evil, room, content, { key }),
    () => propose(evil, room, content, { key: stranger.key }),
    () => bent({ origin_ts: later }),
    () => bent({ id: random.pick(["a\nb", "a/b", "__proto__", "é", "\u0000", "-a", "a".repeat(256)]) }),
    () => bent({ event_type: random.pick(["swp.room.create", "swp.room.federation", "swp.room.workspace", "x", ""]) }),
    () =>
      propose(evil, room, {
        type: "swp.room.power",
        content: { participant: random.pick([MALLORY, ANN]), power_level: 100 },
      }),
    () => propose(evil, room, member(ANN, random.pick(["join", "ban", "leave"]))),
    () => propose(evil, room, { type: "swp.room.redaction", content: { event_id: random.pick([{}, "e", [], 1]) } }),
    () =>
      propose(evil, room, {
        type: MESSAGE,
        content: { body: "b", mentions: random.pick([{}, [1], ["x"], [ANN, ANN]]) },
      }),
    () =>
      propose(evil, room, {
        type: MESSAGE,
        content: { body: "b", reply_to_event_id: random.pick(["none", "\u0000", {}]) },
      }),
    () =>
      propose(evil, room, { type: MESSAGE, content: { body: "b", media_id: random.pick(["m", {}, { sha256: "x" }]) } }),
    () => propose(evil, room, { type: MESSAGE, content: { body: "x".repeat(65_600) } }),
    () =>
      propose(evil, room, { type: MESSAGE, content: JSON.parse('{"a":'.repeat(33) + "1" + "}".repeat(33)) as object }),
    () => ({
      type: "resign",
      room_id: random.pick([room, own]),
      participant: random.pick([ANN, "x"]),
      cause: "deactivated",
    }),
    () => ({
      type: "profile",
      fqid: random.pick([ANN, "@pat:third.localhost"]),
      display_name: "x",
      participant_type: "human",
    }),
    () => ({
      type: "profile",
      fqid: MALLORY,
      display_name: random.pick(["", "\u202e", "\u0000", 5]),
      participant_type: "human",
    }),
    () => ({ type: "typing", room_id: room, participant: random.pick([ANN, "x", "\u0000"]), typing: true }),
    () => random.pick<unknown>([null, 0, "submit", [], {}, { type: "__proto__" }, { type: {} }, { type: "toString" }]),
  ])();
}

function badItem(random: Random, all: Grounds): unknown {
  if (random.chance(0.25)) return lying(random, all);
  const valid = honest(all);
  const kind = random.pick(Object.keys(valid));
  const isTaste = OPEN_TO_TASTE[kind];
  return mutated(random, valid[kind] as object, (path) => isTaste?.test(path) !== true);
}

test("FIN-29 FIN-26 generated bad items of every kind are refused, change no row, and their neighbours are taken", async (t) => {
  const all = await grounds(await hubStage(t));
  const { home, evil, stranger, ann, room, own } = all;
  const seed = freshSeed();
  const random = new Random(seed);
  const count = rounds(6000);
  const bystander = await headAt(home, own);
  const outside = (table: string) => ["events", "rooms", "reading", "standings", "signatures"].includes(table);
  const before = process.memoryUsage().rss;
  let good = 0;
  for (let done = 0; done < count; done += 40) {
    const rows = await rowsOf(home.server.db);
    const bad = Array.from({ length: 39 }, () => badItem(random, all));
    const refused = await results(evil, home, bad);
    for (const [i, { status }] of refused.entries()) {
      assert.equal(status, "refused", `seed ${seed}: ${JSON.stringify(bad[i]).slice(0, 2000)}`);
    }
    assert.equal(await rowsOf(home.server.db), rows, `seed ${seed} at ${done}`);
    // The same once more, with one that is good among them, while another server asks too.
    const at = random.int(0, 39);
    const items = bad.toSpliced(at, 0, propose(evil, room, said(`good ${done}`)));
    const [told, beside] = await Promise.all([
      post(evil, home, items),
      results(stranger, home, [propose(stranger, room, { ...said("x"), sender: "@pat:third.localhost" })]),
    ]);
    assert.equal(told.status, 200, `seed ${seed}: ${JSON.stringify(told.body)}`);
    const each = (told.body.data as { results: Loose[] }).results;
    each.forEach(({ status }, i) => assert.equal(status, i === at ? "sequenced" : "refused", `seed ${seed} ${i}`));
    assert.equal(beside[0]!.error?.code, "SW_ROOM_NOT_FOUND");
    good++;
    assert.equal(await headAt(home, own), bystander);
    assert.equal(await rowsOf(home.server.db, outside), linesWithout(rows, outside), `seed ${seed} at ${done}`);
  }
  const bodies = (await ann.history(room)).filter(({ event_type }) => event_type === MESSAGE);
  assert.equal(bodies.length, good + 2);
  assert.ok(process.memoryUsage().rss - before < 512 * 1024 * 1024, "memory grows");
  assert.deepEqual((await verify(home.server.db)).findings, []);
});

function linesWithout(rows: string, isLeftOut: (table: string) => boolean): string {
  return rows
    .split("\n")
    .filter((line) => !isLeftOut(line.split(" ")[0]!))
    .join("\n");
}

test("FIN-29 FIN-36 FIN-37 generated bodies that are no strict JSON are refused whole", async (t) => {
  const all = await grounds(await hubStage(t));
  const { home, evil, room } = all;
  const seed = freshSeed();
  const random = new Random(seed);
  const rows = await rowsOf(home.server.db);
  for (let done = 0; done < rounds(1000); done++) {
    const body = JSON.stringify({ items: [propose(evil, room, said("bad"))] });
    const whole = misspelt(random, body);
    const { status } = await post(evil, home, [], whole);
    assert.equal(status, 400, `seed ${seed}: ${whole.slice(0, 1000)}`);
  }
  assert.equal(await rowsOf(home.server.db), rows);
});

test("FIN-04 FIN-29 requests with anything changed on their way are refused, and nothing of them is read", async (t) => {
  const all = await grounds(await hubStage(t));
  const { home, evil, room } = all;
  const seed = freshSeed();
  const random = new Random(seed);
  const rows = await rowsOf(home.server.db);
  for (let done = 0; done < rounds(1000); done++) {
    const body = JSON.stringify({ items: [propose(evil, room, said("bad"))] });
    const headers = evil.sign(home.name, "POST", SEND, body);
    let [method, target, sent] = ["POST", SEND, body];
    const name = random.pick([
      "Content-Digest",
      "Content-Type",
      "Signature-Input",
      "Signature",
      "method",
      "target",
      "body",
    ]);
    if (name === "method") method = random.pick(["GET", "PUT", "PATCH", "DELETE"]);
    else if (name === "target")
      target = random.pick([`${SEND}?`, `${SEND}/`, SEND.replace("send", "%73end"), `/${SEND}`]);
    else if (name === "body") sent = oneOff(random, body);
    else {
      const at = headers.indexOf(name) + 1;
      headers[at] = oneOff(random, headers[at]!);
    }
    const told = await send(home.server.url, method, target, headers, sent).catch(() => undefined);
    if (told === undefined) continue;
    assert.ok([400, 401, 403, 404, 405, 429].includes(told.status), `seed ${seed} ${name}: ${told.status}`);
    assert.equal(told.body.data, undefined);
  }
  assert.equal(await rowsOf(home.server.db), rows);
});

/** A text of the same length with one character of ASCII replaced by another. */
function oneOff(random: Random, text: string): string {
  for (;;) {
    const at = random.int(0, text.length - 1);
    const changed = text.slice(0, at) + String.fromCharCode(random.int(0x21, 0x7e)) + text.slice(at + 1);
    if (changed !== text && Buffer.byteLength(changed) === Buffer.byteLength(text)) return changed;
  }
}

test("FIN-29 FIN-31 what is rightly signed and strangely said is refused or taken whole, and readers and verify stay well", async (t) => {
  const all = await grounds(await hubStage(t));
  const { home, evil, ann, room } = all;
  const seed = freshSeed();
  const random = new Random(seed);
  const taken = new Set<string>();
  for (let done = 0; done < rounds(1000); done += 20) {
    const items = Array.from({ length: 20 }, () => strange(random, all));
    const told = await results(evil, home, items);
    for (const [i, { status, event }] of told.entries()) {
      const said = `seed ${seed}: ${JSON.stringify(items[i]).slice(0, 2000)}`;
      assert.ok(status === "refused" || status === "sequenced" || status === "unchanged", `${status} ${said}`);
      if (event !== undefined) taken.add(event.envelope.event_type);
    }
    await wellRead(ann, room, `seed ${seed}`);
  }
  assert.ok(taken.has(MESSAGE) && taken.has("com.example.poll"), [...taken].join());
  assert.ok(!taken.has("swp.room.power") && !taken.has("swp.room.create"), [...taken].join());
  assert.deepEqual((await verify(home.server.db)).findings, [], `seed ${seed}`);
});

/** A proposal whose content was changed before it was signed: what it says may be anything. */
function strange(random: Random, all: Grounds): Item {
  const valid = honest(all);
  const kinds = ["message", "mention", "reply", "medium", "custom", "edit", "reaction", "name", "topic", "invite"];
  const { event } = valid[random.pick(kinds)] as { event: { event_type: string; content: object } };
  const { content } = mutated(random, { content: event.content }, (path) => path !== "/content");
  return propose(all.evil, all.room, {
    type: event.event_type,
    content: JSON.parse(JSON.stringify(content)) as object,
  });
}

async function wellRead(person: Person, room: string, what: string): Promise<void> {
  for (const path of ["", "/messages?limit=200", "/members", "/messages?direction=forward&limit=50"]) {
    const answer = await person.get(`/v1/rooms/${room}${path}`);
    assert.equal(answer.status, 200, `${what} ${path}: ${JSON.stringify(answer.error)}`);
  }
}
