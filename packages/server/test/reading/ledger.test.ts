import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertOk,
  atOnce,
  type Frame,
  freshSeed,
  isEvent,
  type Person,
  Random,
  rounds,
  StreamClient,
} from "@stairwell/testing";
import { makeBot } from "../members/bots.ts";
import { openStage } from "../support/stage.ts";
import { type Ledger, ledgerOf } from "./ledger.ts";

const STEPS = 80;
/** What happens, and how often among the others. */
const SHARES = { send: 6, edit: 2, redact: 3, read: 1, power: 2, join: 2, leave: 1, kick: 1, mute: 1, mode: 1 };
const RARE = { archive: 1, restore: 2, custom: 1, topic: 1, behalf: 1 };
const ACTS = Object.entries({ ...SHARES, ...RARE }).flatMap(([act, share]) => Array<string>(share).fill(act));

/** Rooms in which things happen at random, and what each person's numbers must be. */
class Rooms {
  readonly ids: readonly string[];
  readonly #random: Random;
  readonly #keeper: Person;
  readonly #people: readonly Person[];
  readonly #bot: Person;
  /** Through which the logs are read: the keeper is in all rooms from their second event on. */
  readonly #stream: StreamClient;
  readonly #markers = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #muted = new Set<string>();
  readonly #first = new Map<string, Frame>();

  constructor(random: Random, stream: StreamClient, ids: readonly string[], [keeper, ...others]: readonly Person[]) {
    this.ids = ids;
    this.#random = random;
    this.#stream = stream;
    this.#keeper = keeper!;
    this.#people = [keeper!, ...others];
    this.#bot = others.at(-1)!;
  }

  logOf(room: string): Frame[] {
    const first = this.#first.get(room);
    const rest = this.#stream.frames.filter((frame) => isEvent(frame) && frame.room_id === room);
    return first === undefined ? rest : [first, ...rest];
  }

  /** Does one thing; much of it is refused, which must change no number. */
  async step(): Promise<string> {
    const [room, who, what] = [this.#random.pick(this.ids), this.#random.pick(this.#people), this.#random.pick(ACTS)];
    const { status } = await this.#act(what, room, who);
    await this.#follow(room);
    return `${who.name} ${what} ${this.ids.indexOf(room)} ${status}`;
  }

  /** Reads what came, and moves the markers that it moves (RD0, EV7). */
  async #follow(room: string): Promise<void> {
    const { head } = assertOk(await this.#keeper.get(`/v1/rooms/${room}`)).data;
    await this.#stream.when(`all ${head} events of ${room}`, () => this.logOf(room).length === head);
    for (const frame of this.logOf(room).slice(this.#seen.get(room) ?? 0)) {
      const { type, content, sender_id: sender, stream_position: position } = frame;
      if (type === "swp.room.member" && content.membership === "join")
        this.#markers.set(`${content.participant} ${room}`, position);
      if (type === "swp.room.message" || type === "acme.deploy") this.#advance(sender, room, position);
    }
    this.#seen.set(room, head);
  }

  /** Every number and every event that the server names must be what the logs say. */
  async check(hint: string): Promise<void> {
    for (const who of this.#people) {
      const due: ReturnType<typeof listed>[] = [];
      for (const room of this.ids) {
        const { data } = await who.get(`/v1/rooms/${room}`);
        if (data?.me?.membership !== "join") continue;
        const { unread, mentions } = ledgerOf(this.logOf(room), who.id, this.#markers.get(`${who.id} ${room}`)!);
        assert.deepEqual([data.me.unread_count, data.me.mention_count], [unread.length, mentions.length], hint);
        if (data.state !== "open" || unread.length === 0) continue;
        due.push(listed(room, { unread, mentions }, this.#muted.has(`${who.id} ${room}`)));
      }
      const told = assertOk(await who.get("/v1/rooms/unread?explain=1")).data;
      assert.deepEqual(told.rooms, due, `${who.name}: ${hint}`);
      const sum = (muted: boolean, key: "unread_count" | "mention_count") =>
        due.reduce((total, room) => total + (room.muted === muted ? room[key] : 0), 0);
      assert.deepEqual(
        told.totals,
        {
          unread_count: sum(false, "unread_count"),
          mention_count: sum(false, "mention_count"),
          muted_unread_count: sum(true, "unread_count"),
          muted_mention_count: sum(true, "mention_count"),
        },
        `${who.name}: ${hint}`,
      );
      const inbox = assertOk(await who.get("/v1/inbox?kind=mention&limit=200")).data as { unread: boolean }[];
      const { mention_count, muted_mention_count } = told.totals;
      assert.equal(inbox.filter(({ unread }) => unread).length, mention_count + muted_mention_count, hint);
    }
  }

  async begin(): Promise<void> {
    for (const room of this.ids) {
      const [first] = await this.#keeper.history(room);
      this.#first.set(room, { ...first, type: first.event_type });
      await this.#follow(room);
    }
  }

  async #act(what: string, room: string, who: Person): ReturnType<Person["get"]> {
    const path = `/v1/rooms/${room}`;
    const messages = this.logOf(room).filter(({ type }) => type === "swp.room.message");
    const some = messages.length === 0 ? undefined : this.#random.pick(messages.slice(-12));
    const keeper = this.#keeper;
    switch (what) {
      case "send":
        return who.post(`${path}/send`, { content: this.#content(room) });
      case "behalf":
        return keeper.post(`${path}/send`, { content: this.#content(room), as_participant_id: this.#bot.id });
      case "custom":
        return who.post(`${path}/send`, { content: { mentions: ["@room"] }, event_type: "acme.deploy" });
      case "edit": {
        const author = this.#people.find(({ id }) => id === some?.sender_id) ?? who;
        return author.post(`${path}/events/${some?.id ?? "none"}/edit`, { content: this.#content(room) });
      }
      case "redact":
        return (this.#random.chance(0.5) ? keeper : who).post(`${path}/events/${some?.id ?? "none"}/redact`);
      case "read": {
        const event = this.#random.pick(this.logOf(room));
        const answer = await who.put(`${path}/read`, { event_id: event.id });
        if (answer.status === 200) this.#advance(who.id, room, event.stream_position);
        return answer;
      }
      case "power":
        return keeper.put(`${path}/members/${who.id}/power-level`, { power_level: this.#random.pick([49, 50]) });
      case "topic":
        return keeper.put(`${path}/topic`, { topic: `Topic ${this.#random.int(0, 99)}` });
      case "join":
        await keeper.post(`${path}/invite`, { participant_id: who.id });
        return who.post(`${path}/join`);
      case "mute": {
        const isMuted = this.#random.chance(0.5);
        const answer = await who.put(`${path}/mute`, isMuted ? { duration_seconds: 3600 } : { muted_until: null });
        if (answer.status === 200) this.#muted[isMuted ? "add" : "delete"](`${who.id} ${room}`);
        return answer;
      }
      case "mode":
        return who.put(`${path}/notification-mode`, { mode: this.#random.pick(["all", "none", "inherit"]) });
      case "archive":
        return keeper.post(`${path}/archive`);
      case "restore":
        return keeper.post(`${path}/rejoin`);
      case "kick":
        return keeper.post(`${path}/kick`, { participant_id: who.id });
      default:
        return who === keeper ? keeper.get(path) : who.post(`${path}/leave`);
    }
  }

  #content(room: string): object {
    const names = this.#people.map(({ id }) => id).concat("@room", "@room", "@far:elsewhere.example");
    const mentions = this.#random.shuffled(names).slice(0, this.#random.int(0, 3));
    const reply = this.#random.chance(0.3) ? { reply_to_event_id: this.#random.pick(this.logOf(room)).id } : {};
    return { ...(this.#random.chance(0.6) ? { mentions } : {}), ...reply, n: this.#random.int(0, 1e9) };
  }

  #advance(who: string, room: string, position: number): void {
    const key = `${who} ${room}`;
    if (this.#markers.has(key)) this.#markers.set(key, Math.max(this.#markers.get(key)!, position));
  }
}

/** A room as the unread list has it. */
function listed(room_id: string, { unread, mentions }: Ledger, muted: boolean) {
  return {
    room_id,
    unread_count: unread.length,
    mention_count: mentions.length,
    muted,
    explain: { unread: { event_ids: unread, has_more: false }, mentions: { event_ids: mentions, has_more: false } },
  };
}

test("RD2 RD3 EV6 in every random history each number is the events behind it, and the totals are their sum", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`STAIRWELL_SEED=${seed}`);
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const robo = await makeBot(server, "robo");
  await server.liftLimits();
  const stream = await StreamClient.open(t, alice);
  for (let round = 0; round < rounds(30); round++) {
    const random = new Random(seed + round);
    const ids = [await alice.roomWith([bob, carol]), await alice.roomWith([robo], { room_type: "public" })];
    const rooms = new Rooms(random, stream, ids, [alice, bob, carol, robo]);
    await rooms.begin();
    const happened: string[] = [];
    for (let step = 0; step < STEPS; step++) {
      happened.push(await rooms.step());
      if (step % 8 === 7) await rooms.check(`seed ${seed + round}: ${happened.join(", ")}`);
    }
    // The next round's numbers are of its rooms alone.
    for (const id of ids) await alice.post(`/v1/rooms/${id}/close`);
  }
});

test("RD2 a ledger names the first 1,000 events behind a number, and says that there are more", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  await server.liftLimits();
  const room = await alice.roomWith([bob]);
  const said = await atOnce(1001, (i) => alice.say(room, `${i}`, i === 500 ? { mentions: [bob.id] } : {}));
  const sent = said.toSorted((a, b) => a.stream_position - b.stream_position).map(({ id }) => id as string);
  const ledger = async () => assertOk(await bob.get("/v1/rooms/unread?explain=1")).data.rooms[0];
  const { unread_count, explain } = await ledger();
  assert.equal(unread_count, 1001);
  assert.deepEqual(explain.unread, { event_ids: sent.slice(0, 1000), has_more: true });
  assert.deepEqual(explain.mentions, { event_ids: [said[500].id], has_more: false });
  assertOk(await bob.put(`/v1/rooms/${room}/read`, { event_id: sent[0] }));
  assert.deepEqual((await ledger()).explain.unread, { event_ids: sent.slice(1), has_more: false });
  assert.equal((await bob.get("/v1/rooms/unread?explain=0")).status, 400);
});
