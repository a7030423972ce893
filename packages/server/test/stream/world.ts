import assert from "node:assert/strict";
import { assertOk, type ChildServer, type Frame, type Person, type Random, Unanswered } from "@stairwell/testing";

/** An event as a room's history has it. */
// oxlint-disable-next-line typescript/no-explicit-any
type Item = any;

/** Whoever asks without a pause takes the processor that the server needs to come back. */
export const ASK_AGAIN_MS = 10;
const ROOMS = 6;
const MOST_ROOMS = 12;

/**
 * Rooms in which people come and go at random, and one who is in all of them all the time and removes the others; and
 * direct rooms of every two, whose sides leave and are brought back.
 */
export class World {
  readonly names: readonly string[];
  readonly rooms: string[] = [];
  /** Answers of the server so far; of which so many were not refused. */
  asked = 0;
  done = 0;
  readonly #server: ChildServer;
  readonly #random: Random;
  readonly #people = new Map<string, Person>();
  #isOver = false;
  #answered: () => void = () => {};

  constructor(server: ChildServer, random: Random, names: readonly string[]) {
    this.#server = server;
    this.#random = random;
    this.names = names;
  }

  /** Everybody anew: a restart gives the server another address. */
  async enter(): Promise<void> {
    for (const name of ["keeper", ...this.names]) this.#people.set(name, await this.#server.person(name).signIn());
  }

  person(name: string): Person {
    return this.#people.get(name)!;
  }

  async openRooms(): Promise<void> {
    while (this.rooms.length < ROOMS) await this.#openRoom();
  }

  async #openRoom(): Promise<{ status: number }> {
    const room_type = this.rooms.length % 2 === 0 ? "public" : "group";
    this.rooms.push(await this.person("keeper").roomWith([], { room_type, name: "A room" }));
    return { status: 201 };
  }

  /** Acts until `stop`, so many at a time. A server that is gone is asked again until it is back. */
  async run(writers: number): Promise<void> {
    const write = async (): Promise<void> => {
      while (!this.#isOver) {
        try {
          const { status } = await this.#act();
          this.asked++;
          if (status < 300) this.done++;
          this.#answered();
          assert(status < 500, `the server answered ${status}`);
        } catch (error) {
          // The server was killed under the request.
          if (!(error instanceof Unanswered)) throw error;
          await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
        }
      }
    };
    await Promise.all(Array.from({ length: writers }, write));
  }

  /** Waits until so many more were answered. */
  async pass(acts: number): Promise<void> {
    for (const end = this.asked + acts; this.asked < end;) {
      await new Promise<void>((resolve) => (this.#answered = resolve));
    }
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  stop(): void {
    this.#isOver = true;
  }

  #act(): Promise<{ status: number }> {
    const random = this.#random;
    if (random.chance(0.15)) return this.#actBetweenTwo();
    if (this.rooms.length < MOST_ROOMS && random.chance(0.01)) return this.#openRoom();
    const room = random.pick(this.rooms);
    const someone = this.person(random.pick(this.names));
    const keeper = this.person("keeper");
    const call = (by: Person, name: string, body?: object) => by.post(`/v1/rooms/${room}/${name}`, body);
    const about = { participant_id: someone.id };
    const dice = random.next();
    if (dice < 0.5) return call(random.chance(0.5) ? keeper : someone, "send", { content: { body: `${this.asked}` } });
    if (dice < 0.65) return call(someone, "join");
    if (dice < 0.72) return call(someone, "leave");
    if (dice < 0.87) return call(keeper, "invite", about);
    if (dice < 0.92) return call(keeper, "kick", about);
    if (dice < 0.95) return call(keeper, "ban", about);
    return call(keeper, "unban", about);
  }

  async #actBetweenTwo(): Promise<{ status: number }> {
    const random = this.#random;
    const [one, other] = random
      .shuffled(this.names)
      .slice(0, 2)
      .map((name) => this.person(name)) as [Person, Person];
    const opened = await one.post("/v1/rooms/dm", { participant_id: other.id });
    if (opened.status >= 300) return opened;
    const call = (by: Person, name: string, body?: object) => by.post(`/v1/rooms/${opened.data.id}/${name}`, body);
    const dice = random.next();
    if (dice < 0.3) return opened;
    if (dice < 0.5) return call(one, "leave");
    // Whoever left is brought back by the message of the other side (DM4).
    if (dice < 0.8) await call(other, "leave");
    return call(one, "send", { content: { body: `${this.asked}` } });
  }

  /** The logs of all rooms, each as somebody reads it who is in it. What this opens or restores is part of them. */
  async histories(): Promise<Item[][]> {
    const pairs = this.names.flatMap((one, i) => this.names.slice(i + 1).map((other) => [one, other] as const));
    const directs = await Promise.all(
      pairs.map(async ([one, other]) => {
        const body = { participant_id: this.person(other).id };
        return [one, assertOk(await this.person(one).post("/v1/rooms/dm", body)).data.id as string] as const;
      }),
    );
    const rooms = [...this.rooms.map((room) => ["keeper", room] as const), ...directs];
    return Promise.all(rooms.map(([name, room]) => this.person(name).history(room)));
  }
}

/** The events of a room that are due to a person (ST2): those at whose position they were joined, and those about them. */
export function dueTo(personId: string, history: readonly Item[]): Item[] {
  let isJoined = false;
  return history.filter((item) => {
    const isAbout = item.event_type === "swp.room.member" && item.content.participant === personId;
    if (isAbout) isJoined = item.content.membership === "join";
    return isAbout || isJoined;
  });
}

/** Events that came to a person, held against what REST says: in each room the due ones, each once, in order, as they are. */
export function assertDue(
  name: string,
  personId: string,
  events: readonly Frame[],
  histories: readonly Item[][],
): number {
  const rooms = Map.groupBy(events, ({ room_id }) => room_id as string);
  let count = 0;
  for (const history of histories) {
    const room = history[0].room_id as string;
    const got = rooms.get(room) ?? [];
    const due = dueTo(personId, history);
    assert.deepEqual(
      got.map(({ stream_position: p }) => p),
      due.map(({ stream_position: p }) => p),
      `${name} in ${room}`,
    );
    due.forEach((item, i) => assertSame(got[i]!, item));
    rooms.delete(room);
    count += due.length;
  }
  assert.deepEqual([...rooms.keys()], [], `${name} heard of rooms that are none of theirs`);
  return count;
}

/** A frame says what the item of the history says. */
export function assertSame(frame: Frame, item: Item): void {
  const { type, cursor, ...fields } = frame;
  assert.equal(typeof cursor, "string");
  const {
    event_type,
    edited_at: _edited,
    redacted_at: _redacted,
    reactions: _reactions,
    reply_count: _replies,
    ...same
  } = item;
  assert.deepEqual({ event_type: type, ...fields }, { event_type, ...same });
}
