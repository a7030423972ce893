import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Answer, Person } from "../person.ts";
import { type Frame, StreamClient, type StreamOptions } from "../stream-client.ts";
import type { TestServer } from "../test-server.ts";
import { tell } from "./tell.ts";

/** Everybody and everything a script has named, and what came of its last act. */
export class Cast {
  readonly t: TestContext;
  readonly #server: TestServer;
  readonly #people = new Map<string, Person>();
  readonly #streams = new Map<string, StreamClient>();
  readonly #rooms = new Map<string, string>();
  readonly #texts = new Map<string, string>();
  #refusal: string | undefined;
  #isSettled = false;
  presenceCounts = false;

  constructor(t: TestContext, server: TestServer) {
    this.t = t;
    this.#server = server;
  }

  async person(name: string): Promise<Person> {
    const known = this.#people.get(name);
    if (known !== undefined) return known;
    const person = await this.#server.person(name).signIn();
    this.#people.set(name, person);
    return person;
  }

  /** People of a list such as `alice, bob`; none of an empty one. */
  people(names = ""): Promise<Person[]> {
    return Promise.all(
      names
        .split(/,\s*/)
        .filter(Boolean)
        .map((name) => this.person(name)),
    );
  }

  room(name: string): string {
    return found(this.#rooms, name, "room");
  }

  addRoom(name: string, roomId: string): void {
    this.#rooms.set(name, roomId);
  }

  /** The event of a message that somebody said. */
  said(text: string): string {
    return found(this.#texts, text, "message");
  }

  remember(text: string, eventId: string): void {
    this.#texts.set(text, eventId);
  }

  stream(name: string): StreamClient {
    return found(this.#streams, name, "stream");
  }

  /** Opens the stream `alice` or `alice/phone`, whose hello must come first. */
  async connect(name: string, options: StreamOptions): Promise<void> {
    const known = this.#streams.get(name);
    if (known === undefined) {
      this.#streams.set(name, await StreamClient.open(this.t, await this.person(name.split("/")[0]!), options));
    } else {
      await known.connect(options);
    }
    const first = await this.stream(name).next();
    assert.equal(first.type, "hello");
    this.#isSettled = false;
  }

  /** Notes what came of an act. */
  acted(answer?: Answer | Frame): void {
    const error = answer?.error as { code: string } | undefined;
    this.#refusal = error?.code;
    this.#isSettled = false;
  }

  takeRefusal(): string | undefined {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    return refusal;
  }

  /** The next frame that counts, in the words of a script; undefined when there is none. */
  async hear(name: string): Promise<string | undefined> {
    await this.#settle();
    const stream = this.stream(name);
    while (stream.rest.length > 0) {
      const frame = await stream.next();
      if (frame.type !== "presence" || this.presenceCounts) return this.#tell(frame);
    }
    return undefined;
  }

  /** Whatever the last act brought must have been expected. */
  async nothingMore(): Promise<void> {
    if (this.#refusal !== undefined) throw new Error(`it was refused: ${this.#refusal}`);
    for (const name of this.#streams.keys()) {
      const heard = await this.hear(name);
      if (heard !== undefined) throw new Error(`nobody said so, but ${name} received ${heard}`);
    }
  }

  async #settle(): Promise<void> {
    if (this.#isSettled) return;
    const open = [...this.#streams.values()].filter(({ socket }) => socket.readyState === socket.OPEN);
    for (const stream of open) await stream.settled();
    this.#isSettled = true;
  }

  #tell(frame: Frame): string {
    const names = (id: string): string => {
      for (const [name, person] of this.#people) if (person.id === id) return name;
      for (const [name, roomId] of this.#rooms) if (roomId === id) return name;
      for (const [text, eventId] of this.#texts) if (eventId === id) return JSON.stringify(text);
      return id;
    };
    return tell(frame, names);
  }
}

function found<T>(known: ReadonlyMap<string, T>, name: string, what: string): T {
  const value = known.get(name);
  if (value === undefined) throw new Error(`there is no ${what} ${name}`);
  return value;
}
