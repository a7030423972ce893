import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, freshSeed, type Person, Random, rounds, type TestServer } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";
import { type HistoryEvent, recount } from "./recount.ts";

const STEPS = 60;
/** What happens, the likelier the oftener it stands here. */
const ACTS = [
  "send",
  "send",
  "send",
  "send",
  "power",
  "power",
  "join",
  "join",
  "read",
  "leave",
  "kick",
  "name",
  "custom",
];

/** A room in which things happen at random, with the markers that must follow from them. */
class RandomRoom {
  readonly #random: Random;
  readonly #id: string;
  readonly #admin: Person;
  readonly #people: readonly Person[];
  readonly #markers = new Map<Person, number>();
  readonly #happened: string[] = [];

  constructor(random: Random, id: string, admin: Person, people: readonly Person[]) {
    this.#random = random;
    this.#id = id;
    this.#admin = admin;
    this.#people = people;
  }

  /** Does one thing as one person; much of it is refused, which must change nothing. */
  async step(): Promise<void> {
    const who = this.#random.pick(this.#people);
    const what = this.#random.pick(ACTS);
    const before = await this.#history();
    const answer = await this.#act(what, who, before);
    this.#happened.push(`${who.name} ${what} ${answer.status}`);
    const after = await this.#history();
    for (const event of after.slice(before.length)) this.#follow(event);
    if (what === "read" && answer.status === 200) this.#advance(who, answer.data.asked);
  }

  /** Every count the server tells must be the recount of the history. */
  async check(seed: number): Promise<void> {
    const history = await this.#history();
    for (const who of this.#people) {
      const { status, data } = await who.get(`/v1/rooms/${this.#id}`);
      if (status !== 200 || data.me?.membership !== "join") continue;
      const marker = this.#markers.get(who)!;
      const expected = recount(history, who.id, marker);
      const hint = `${who.name} in room of seed ${seed}: ${this.#happened.join(", ")}`;
      const { unread_count, mention_count, last_read_event_id } = data.me;
      assert.deepEqual({ unread_count, mention_count }, expected, hint);
      assert.equal(last_read_event_id, history[marker - 1]!.id, hint);
      const { unread } = assertOk(await who.get(`/v1/rooms/${this.#id}/state`)).data;
      assert.deepEqual(unread, { ...expected, last_read_event_id, last_read_position: marker }, hint);
      const { rooms } = assertOk(await who.get("/v1/rooms/unread")).data as { rooms: { room_id: string }[] };
      const listed = rooms.filter(({ room_id }) => room_id === this.#id);
      const due = unread_count === 0 ? [] : [{ room_id: this.#id, ...expected, muted: false }];
      assert.deepEqual(listed, due, hint);
    }
  }

  async #act(what: string, who: Person, history: readonly HistoryEvent[]): ReturnType<Person["get"]> {
    const path = `/v1/rooms/${this.#id}`;
    switch (what) {
      case "send":
        return who.post(`${path}/send`, { content: this.#content(history) });
      case "custom":
        return who.post(`${path}/send`, { content: this.#content(history), event_type: "acme.deploy" });
      case "read": {
        const event = this.#random.pick(history);
        const answer = await who.put(`${path}/read`, { event_id: event.id });
        if (answer.status === 200) answer.data.asked = event.stream_position;
        return answer;
      }
      case "kick":
        return this.#admin.post(`${path}/kick`, { participant_id: who.id });
      case "power":
        return this.#admin.put(`${path}/members/${who.id}/power-level`, { power_level: this.#random.pick([49, 50]) });
      case "name":
        return this.#admin.put(`${path}/name`, { name: `Name ${this.#random.int(0, 99)}` });
      case "join":
        await this.#admin.post(`${path}/invite`, { participant_id: who.id });
        return who.post(`${path}/join`);
      default:
        // The admin stays: theirs are the eyes that read the whole history.
        return who === this.#admin ? this.#admin.get(path) : who.post(`${path}/leave`);
    }
  }

  #content(history: readonly HistoryEvent[]): object {
    const names = this.#people
      .flatMap(({ id, me }) => [id, me.fqid as string])
      .concat("@room", "@room", "@room", "@far:elsewhere.example");
    const mentions = this.#random.shuffled(names).slice(0, this.#random.int(0, 3));
    const reply = this.#random.chance(0.3) ? { reply_to_event_id: this.#random.pick(history).id } : {};
    return { ...(this.#random.chance(0.6) ? { mentions } : {}), ...reply };
  }

  /** RD0, EV7: where an event puts a marker. */
  #follow({ event_type, sender_id, content, stream_position }: HistoryEvent): void {
    const find = (id: unknown) => this.#people.find((person) => person.id === id);
    if (event_type === "swp.room.member" && content.membership === "join")
      this.#markers.set(find(content.participant)!, stream_position);
    const sender = find(sender_id);
    const isSent = event_type === "swp.room.message" || event_type === "acme.deploy";
    if (isSent && sender !== undefined) this.#advance(sender, stream_position);
  }

  #advance(who: Person, position: number): void {
    this.#markers.set(who, Math.max(this.#markers.get(who) ?? 0, position));
  }

  async begin(): Promise<void> {
    for (const event of await this.#history()) this.#follow(event);
  }

  async #history(): Promise<HistoryEvent[]> {
    return this.#admin.history(this.#id) as Promise<HistoryEvent[]>;
  }
}

async function makeRoom(
  server: TestServer,
  random: Random,
  admin: Person,
  others: readonly Person[],
): Promise<RandomRoom> {
  await server.liftLimits();
  const body = random.chance(0.5) ? { room_type: "public" } : {};
  const id = await admin.roomWith(
    others.filter(() => random.chance(0.7)),
    body,
  );
  const room = new RandomRoom(random, id, admin, [...others, admin]);
  await room.begin();
  return room;
}

test("RD0 RD1 RD2 EV6 EV7 in every random history the counts are what a recount of the history gives", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`STAIRWELL_SEED=${seed}`);
  const { server, alice, bob, carol, dave } = await openStage(t, ["alice", "bob", "carol", "dave"]);
  for (let round = 0; round < rounds(40); round++) {
    const random = new Random(seed + round);
    const room = await makeRoom(server, random, alice, [bob, carol, dave]);
    for (let step = 0; step < STEPS; step++) {
      await room.step();
      if (step % 4 === 3) await room.check(seed + round);
    }
  }
});
