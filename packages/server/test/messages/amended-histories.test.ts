import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, assertOk, freshSeed, type Person, Random, rounds, type TestServer } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";
import { EventUnderTest } from "./amend.ts";
import { PlainRoom, type Said, type Shown } from "./amended-model.ts";

const STEPS = 60;
const EMOJIS = ["👍", "🎉", ":ship:"];
const ACTS = ["send", "send", "edit", "edit", "react", "react", "react", "unreact", "unreact", "redact", "go", "come"];

/** A room in which random people do random things, with a plain record of what must follow from it. */
class RandomRoom {
  readonly #plain = new PlainRoom();
  readonly #random: Random;
  readonly #server: TestServer;
  readonly #id: string;
  readonly #admin: Person;
  readonly #people: readonly Person[];
  readonly happened: string[] = [];

  constructor(random: Random, server: TestServer, id: string, people: readonly Person[]) {
    this.#random = random;
    this.#server = server;
    this.#id = id;
    this.#admin = people[0]!;
    this.#people = people;
    for (const { name } of people) this.#plain.sight.set(name, Infinity);
  }

  async step(n: number): Promise<void> {
    const who = this.#random.pick(this.#people);
    const act = this.#random.pick(ACTS);
    const said = this.#plain.messages.length === 0 ? undefined : this.#random.pick(this.#plain.messages);
    this.happened.push(`${who.name} ${act} ${said?.at ?? ""}`);
    if (act === "go" || act === "come") return this.#move(who, act);
    if (act === "send" || said === undefined) return this.#send(who, `text ${n}`);
    const sight = this.#plain.sight.get(who.name)!;
    const answer = await this.#amend(act, who, said, n, sight === Infinity && said.at <= sight);
    if (sight !== Infinity) assert.equal(answer.status >= 400, true, "who is not joined changes nothing");
  }

  async #send(who: Person, body: string): Promise<void> {
    const { status, data } = await who.post(`/v1/rooms/${this.#id}/send`, { content: { body } });
    assert.equal(status === 201, this.#plain.sight.get(who.name) === Infinity);
    if (status !== 201) return;
    const at = data.stream_position;
    this.#plain.messages.push({
      id: data.id,
      by: who.name,
      at,
      texts: [{ at, body }],
      reactions: [],
      redactedAt: undefined,
    });
  }

  async #amend(act: string, who: Person, said: Said, n: number, isJoined: boolean): Promise<Answer<unknown>> {
    const event = new EventUnderTest(this.#id, said);
    const head = await this.#head();
    const emoji = this.#random.pick(EMOJIS);
    const mine = said.reactions.find((r) => r.who === who.name && r.emoji === emoji && r.to === Infinity);
    const isGone = said.redactedAt !== undefined;
    const may = (allowed: boolean, answer: Answer<unknown>, changes: boolean, change: () => void) => {
      assert.equal(answer.status, allowed ? 200 : isJoined ? 403 : answer.status, `${act} at ${said.at}`);
      if (answer.status === 200 && changes) change();
      return answer.status === 200 && changes ? 1 : 0;
    };
    let appended: number;
    let answer: Answer<unknown>;
    if (act === "edit") {
      // Now and then the same text again.
      const body = this.#random.chance(0.2) ? said.texts.at(-1)!.body : `edit ${n}`;
      answer = await event.edit(who, { body });
      const changes = body !== said.texts.at(-1)!.body;
      appended = may(isJoined && who.name === said.by && !isGone, answer, changes, () =>
        said.texts.push({ at: head + 1, body }),
      );
    } else if (act === "react") {
      answer = await event.react(who, emoji);
      appended = may(isJoined && !isGone, answer, mine === undefined, () =>
        said.reactions.push({ who: who.name, emoji, from: head + 1, to: Infinity }),
      );
    } else if (act === "unreact") {
      answer = await event.unreact(who, emoji);
      appended = may(isJoined, answer, mine !== undefined && !isGone, () => (mine!.to = head + 1));
    } else {
      answer = await event.redact(who);
      const mayRedact = who.name === said.by || who === this.#admin;
      appended = may(isJoined && mayRedact, answer, !isGone, () => (said.redactedAt = head + 1));
    }
    assert.equal(await this.#head(), head + appended, `${act} at ${said.at} appended`);
    return answer;
  }

  /** The admin stays, so that somebody can let the others in again. */
  async #move(who: Person, act: "go" | "come"): Promise<void> {
    if (who === this.#admin || (this.#plain.sight.get(who.name) === Infinity) !== (act === "go")) return;
    const path = `/v1/rooms/${this.#id}`;
    if (act === "go") {
      const kick = () => this.#admin.post(`${path}/kick`, { participant_id: who.id });
      assertOk(await (this.#random.chance(0.5) ? who.post(`${path}/leave`) : kick()));
      this.#plain.sight.set(who.name, await this.#head());
      return;
    }
    assertOk(await this.#admin.post(`${path}/invite`, { participant_id: who.id }));
    assertOk(await who.post(`${path}/join`));
    this.#plain.sight.set(who.name, Infinity);
  }

  async check(hint: string): Promise<void> {
    for (const who of this.#people) {
      const seen = (await who.history(this.#id)).filter(({ event_type }) => event_type === "swp.room.message");
      assert.deepEqual(seen.map(shownBy), this.#plain.shownTo(who.name), `${who.name} of ${hint}`);
      const one = seen.length === 0 ? undefined : this.#random.pick(seen);
      if (one !== undefined) assert.deepEqual((await new EventUnderTest(this.#id, one).get(who)).data, one, hint);
    }
  }

  async #head(): Promise<number> {
    const row = await this.#server.db.get<{ n: number }>(
      "SELECT max(position) AS n FROM events JOIN rooms USING (tenant_no, room_no) WHERE room_id = $1",
      this.#id,
    );
    return row!.n;
  }
}

function shownBy(event: Awaited<ReturnType<Person["history"]>>[number]): Shown {
  return {
    id: event.id,
    body: event.content?.body ?? null,
    original: event.original_content?.body,
    isEdited: event.edited_at !== null,
    isRedacted: event.redacted_at !== null,
    reactions: event.reactions,
  };
}

test("EV3 EV4 EV5 MB10 in every random history everybody sees what a plain record of it says", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`STAIRWELL_SEED=${seed}`);
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  await server.liftLimits();
  for (let round = 0; round < rounds(40); round++) {
    const random = new Random(seed + round);
    const id = await alice.roomWith([bob, carol]);
    const room = new RandomRoom(random, server, id, [alice, bob, carol]);
    for (let step = 0; step < STEPS; step++) {
      await room.step(step);
      if (step % 10 === 9) await room.check(`seed ${seed + round}: ${room.happened.join(", ")}`);
    }
  }
});
