import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Fqid } from "@stairwell/protocol";
import { MEMBERS_SHAPE, type WireState, type WireMembers } from "@stairwell/protocol/federation";
import { assertOk, assertRefused, rounds } from "@stairwell/testing";
import { buildLog } from "../../src/build-log.ts";
import { Digests } from "../../src/media/index.ts";
import { findByFqid, Identities, insertParticipants, newcomer } from "../../src/participants/index.ts";
import { allMembers, RecentRooms } from "../../src/state/index.ts";
import { EvilPeer } from "./evil-peer.ts";
import { answering, EvilRoom, results } from "./evil-room.ts";
import { ANN, BOB, bodiesOf, pair, say } from "./pair.ts";
import { headAt, roomAt, settled, sound, until } from "./settle.ts";
import { type Home, World } from "./world.ts";

/** Four bytes a character, as long as a name may be. */
const LONG = "🜁".repeat(122);
const nameOf = (i: number): string => `${LONG}${String(i).padStart(6, "0")}`;
const localIdOf = (i: number): string => `member-${String(i).padStart(6, "0")}-${"x".repeat(40)}`;

/** People who are in a room, written as the server writes them, without asking for each. */
async function fill({ server, tenant }: Home, roomId: string, count: number): Promise<void> {
  const { tenantNo } = tenant;
  const stored = (await roomAt({ server, tenant } as Home, roomId))!;
  const people = Array.from({ length: count }, (_, i) =>
    newcomer(`@${localIdOf(i)}:${tenant.serverName}` as Fqid, "human", { displayName: nameOf(i) }),
  );
  const log = buildLog({
    identities: new Identities(),
    recent: new RecentRooms(),
    digests: new Digests(Buffer.alloc(32)),
    wake: () => {},
  });
  await server.db.write({ tenantNo }, (tx) => insertParticipants(tx, tenantNo, people).then(() => {}));
  for (let at = 0; at < count; at += 200) {
    await server.db.write({ tenantNo }, async (tx) => {
      const { room } = (await roomAt({ server: { db: tx }, tenant } as unknown as Home, roomId))!;
      const drafts = people.slice(at, at + 200).map(({ fqid }) => ({
        type: "swp.room.member",
        content: { participant: fqid, membership: "join" },
        sender: fqid,
      }));
      await log.append(tx, stored, room, drafts);
    });
  }
}

test("FD12 a room with ten thousand people is joined from elsewhere, page by page, all with their names", async (t) => {
  const all = await pair(t);
  const { world, a, b, admin, ann, bob } = all;
  const count = rounds(10_000);
  const room = await ann.roomWith([], { name: "Large" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  await fill(a, room, count);
  await a.server.stop();
  await world.startAgain(a);
  const first = a.server.person("admin", "a");
  assertOk(await first.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB }));
  await until(() => roomAt(b, room), "the invite");
  const asked = await bob.post(`/v1/rooms/${room}/join`);
  // It may take longer than anybody waits for it.
  if (asked.status !== 200) assertRefused(asked, 504, "SW_FED_OUTCOME_UNKNOWN", "FD13");
  // Ten thousand rows take their time, however many of them are written at once.
  for (const until = Date.now() + 60_000; (await headAt(a, room)) !== (await headAt(b, room));) {
    assert.ok(Date.now() < until, "the room did not come");
    await setTimeout(50);
  }
  const { members_count } = assertOk(await bob.get(`/v1/rooms/${room}`)).data as { members_count: number };
  assert.equal(members_count, count + 2);
  const stored = (await roomAt(b, room))!;
  const there = (await roomAt(a, room))!;
  const fold = async ({ server }: Home, at: typeof stored) =>
    (await allMembers(server.db, at)).map(({ member }) => member).sort((x, y) => (x.fqid < y.fqid ? -1 : 1));
  assert.deepEqual(await fold(b, stored), await fold(a, there));
  for (const i of [0, 1, Math.floor(count / 2), count - 1]) {
    const who = await findByFqid(b.server.db, b.tenant.tenantNo, `@${localIdOf(i)}:${a.name}`);
    assert.equal(who?.displayName, nameOf(i));
  }
  await say(bob, room, "hello");
  await settled([a, b], room);
  await sound(b);
  assert.equal(await headAt(a, room), await headAt(b, room));
  assert.equal((await findByFqid(b.server.db, b.tenant.tenantNo, ANN))?.displayName, "ann");
});

const ANN_HERE = "@ann:home.localhost";

/** How pages of members may be wrong, of a state whose members come in two halves. */
const LIES: [string, (rest: WireState["members"], asked: URL, room: EvilRoom) => unknown][] = [
  ["none", () => ({ members: [], names: {}, next: null })],
  ["without an end", (rest) => ({ members: rest, names: {}, next: rest.at(-1)!.fqid })],
  ["the same again", (_rest, _asked, room) => ({ members: room.state().members, names: {}, next: null })],
  ["in another order", (rest) => ({ members: rest.toReversed(), names: {}, next: null })],
  [
    "one more powerful",
    (rest) => ({ members: rest.map((one) => ({ ...one, powerLevel: 99 })), names: {}, next: null }),
  ],
  ["one too few", (rest) => ({ members: rest.slice(1), names: {}, next: null })],
  ["no list", () => ({ members: {}, names: {}, next: null })],
  ["too much of a name", (rest) => ({ members: rest, names: { [rest[0]!.fqid]: "x".repeat(1000) }, next: null })],
];

test("FD12 FOU-10 pages of members that are not what the hub signed make no room, and nobody known", async (t) => {
  const world = new World(t);
  const home = await world.start("home");
  const evil = await EvilPeer.start(t, "evil.localhost");
  world.hosts.set(evil.name, evil.url);
  const ann = home.server.person("ann", "home");
  let answer: (rest: WireState["members"], asked: URL, room: EvilRoom) => unknown;
  let pages = 0;
  const begin = async (): Promise<EvilRoom> => {
    const room = new EvilRoom(evil);
    for (const name of ["kim", "lee", "moe", "zoe"]) {
      const participant = `@${name}:${evil.name}`;
      room.append({ type: "swp.room.member", sender: participant, content: { participant, membership: "join" } });
    }
    assert.equal((await results(evil, home, [room.invite(ANN_HERE)]))[0]!.status, "ok");
    answering(
      evil,
      (items) => ({
        results: items.map((item) => {
          if (item.type !== "submit") return { status: "ok" };
          // What was not believed before is asked again, and at an end with this.
          if (item.event.room_id !== room.id) return { status: "refused", error: { code: "SW_ROOM_NOT_FOUND" } };
          const event = room.events.find(({ envelope }) => envelope.id === item.event.id) ?? room.sequence(item.event);
          const join = room.join();
          const state = { ...join.state, members: join.state.members.slice(0, 3) };
          return { status: "sequenced", event, head: room.head(), join: { ...join, state, members_truncated: true } };
        }),
      }),
      (target) => {
        pages++;
        const { members } = room.state(room.events.length - 1);
        return answer(members.slice(3), new URL(target, "http://any"), room);
      },
    );
    return room;
  };
  for (const [what, lie] of LIES) {
    answer = lie;
    pages = 0;
    const room = await begin();
    const asked = await ann.post(`/v1/rooms/${room.id}/join`);
    assertRefused(asked, 504, "SW_FED_OUTCOME_UNKNOWN", "FD13");
    assert.ok(pages >= 1 && pages < 20, `${what}: ${pages} pages`);
    const shown = assertOk(await ann.get(`/v1/rooms/${room.id}`)).data as { me: { membership: string } };
    assert.equal(shown.me.membership, "invite", what);
    assert.equal(await findByFqid(home.server.db, home.tenant.tenantNo, `@zoe:${evil.name}`), undefined, what);
  }
  // What is right is taken, and names of its own people alone.
  const room = await begin();
  answer = (rest) => ({
    members: rest,
    names: { [`@zoe:${evil.name}`]: " Zoe the Great ", [`@moe:${evil.name}`]: "\u202e", [ANN_HERE]: "Nobody" },
    next: null,
  });
  assertOk(await ann.post(`/v1/rooms/${room.id}/join`));
  const names = ["@zoe:evil.localhost", "@moe:evil.localhost", ANN_HERE].map(async (fqid) => {
    return (await findByFqid(home.server.db, home.tenant.tenantNo, fqid))?.displayName;
  });
  assert.deepEqual(await Promise.all(names), ["Zoe the Great", "moe", "ann"]);
});

test("FD12 members are listed in pages to servers that share the room, and to nobody else", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann } = all;
  const room = await ann.roomWith([], { name: "Listed" });
  const ask = async (query = ""): Promise<{ status: number; data?: unknown; code?: string }> =>
    b.server.askPeer("b", a.name, { method: "GET", target: `/rooms/${room}/members${query}` });
  assert.deepEqual([(await ask()).status, (await ask("?position=1")).status], [404, 404]);
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB }));
  await until(() => roomAt(b, room), "the invite");
  assert.equal((await ask()).status, 404);
  assertOk(await all.bob.post(`/v1/rooms/${room}/join`));
  await settled([a, b], room);
  const { members, next } = (await ask()).data as { members: { fqid: string }[]; next: string | null };
  assert.deepEqual([members.map(({ fqid }) => fqid), next], [[ANN, BOB], null]);
  const after = (await ask(`?after=${encodeURIComponent(ANN)}`)).data as { members: { fqid: string }[] };
  assert.deepEqual(
    after.members.map(({ fqid }) => fqid),
    [BOB],
  );
  assert.equal((await ask("?what=1")).status, 400);
  assert.equal(MEMBERS_SHAPE({ members: [], names: {}, next: null } satisfies WireMembers, ""), undefined);
});

test("FD12 older history is fetched from right before what is here, until there is none", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  await a.server.liftLimits("a");
  await a.setPolicy({ history_before_join: true });
  const room = await ann.roomWith([], { name: "Long" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  const said = Array.from({ length: 180 }, (_, i) => `message ${i}`);
  for (const body of said) await say(ann, room, body);
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB }));
  await until(() => roomAt(b, room), "the invite");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  await settled([a, b], room);
  const there = await bodiesOf(bob, room);
  assert.ok(there.length < 110 && there.at(-1) === said.at(-1));
  const owner = b.server.person("admin", "b");
  await owner.signIn();
  const fetched: number[] = [];
  for (let has_more = true; has_more;) {
    const answer = assertOk(await owner.post(`/v1/admin/rooms/${room}/federation/backfill`, { limit: 50 }));
    const { stored, rejected, ...rest } = answer.data as { stored: number; rejected: number; has_more: boolean };
    assert.deepEqual([stored > 0, rejected], [true, 0]);
    fetched.push(stored);
    ({ has_more } = rest);
  }
  assert.ok(fetched.length >= 2);
  assert.deepEqual(await bodiesOf(bob, room), said);
  await sound(a, b);
});
