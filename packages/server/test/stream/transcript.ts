import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Frame, type Person, StreamClient, type TestServer } from "@stairwell/testing";

/** What a frame is like: its keys and the kinds of its values; and of texts that people wrote, the text. */
function shapeOf(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => shapeOf(item));
  if (typeof value !== "object" || value === null) return PLAIN.has(key) ? value : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shapeOf(item, name)]));
}
const PLAIN = new Set(
  "type body code ref typing membership cause reason unread_count mention_count heartbeat_ms".split(" "),
);

/**
 * Plays the conversation of a page against a real server: `#` is what happens, `>` what bob says, `<` what he must hear.
 * The page's ids stand for those that the server gave.
 */
export class Transcript {
  readonly #t: Pick<TestContext, "after">;
  readonly #server: TestServer;
  readonly #ids = new Map<string, string>();
  #alice!: Person;
  #bob!: Person;
  #room = "";
  #heard: Frame[] = [];
  #stream: StreamClient | undefined;
  #code: Promise<number> | undefined;

  constructor(t: Pick<TestContext, "after">, server: TestServer) {
    this.#t = t;
    this.#server = server;
  }

  async play(lines: readonly string[]): Promise<void> {
    [this.#alice, this.#bob] = await this.#server.people("alice", "bob");
    this.#room = await this.#alice.roomWith([this.#bob]);
    this.#ids.set("room-1", this.#room).set("prt-bob", this.#bob.id).set("prt-alice", this.#alice.id);
    let expected: Frame[] = [];
    for (const line of [...lines, "# the end"]) {
      const [mark, text] = [line[0], line.slice(2)];
      if (mark === "<" && text.startsWith("{")) {
        expected.push(JSON.parse(text) as Frame);
        continue;
      }
      await this.#hear(expected, line);
      expected = [];
      if (mark === "#") await this.#happens(text);
      else if (mark === ">") this.#stream!.socket.send(this.#named(text));
      else assert.equal(await this.#code, Number(/^close (\d+)$/.exec(text)![1]), line);
    }
  }

  /** An answer and what it brought about come in either order: each group is compared as a whole. */
  async #hear(expected: readonly Frame[], before: string): Promise<void> {
    while (this.#heard.length < expected.length) {
      await new Promise((resolve) => this.#stream!.socket.once("message", resolve));
    }
    const sorted = (frames: readonly Frame[]): Frame[] => [...frames].sort((a, b) => a.type.localeCompare(b.type));
    const heard = this.#heard.splice(0);
    assert.deepEqual(
      sorted(heard).map((frame) => shapeOf(frame)),
      sorted(expected).map((frame) => shapeOf(frame)),
      `before: ${before}`,
    );
    const events = (frames: readonly Frame[]): Frame[] => frames.filter(({ cursor }) => cursor !== undefined);
    for (const [i, { id, cursor }] of events(expected).entries()) {
      const real = events(heard)[i]!;
      this.#ids.set(cursor, real.cursor);
      if (id !== undefined) this.#ids.set(id, real.id);
    }
  }

  async #happens(text: string): Promise<void> {
    const [, words] = /"(.*)"/.exec(text) ?? [];
    const [, since] = /\?since=(\S+)/.exec(text) ?? [];
    if (words !== undefined) {
      await this.#alice.say(this.#room, words, words.includes("@bob") ? { mentions: [this.#bob.id] } : {});
    } else if (text === "alice types") {
      await this.#alice.put("/v1/typing", { room_id: this.#room, typing: true });
    } else if (text === "alice kicks bob") {
      await this.#alice.post(`/v1/rooms/${this.#room}/kick`, { participant_id: this.#bob.id });
    } else if (text === "bob's network fails") await this.#stream!.cut();
    else if (text.startsWith("bob opens a stream")) await this.#open(since);
    else assert.match(text, /^(?:bob says nonsense|the end)$/);
  }

  async #open(since: string | undefined): Promise<void> {
    const stream = await StreamClient.open(
      this.#t,
      this.#bob,
      since === undefined ? {} : { since: this.#ids.get(since)! },
    );
    this.#stream = stream;
    // The hello was there before anybody could listen.
    this.#heard = [...stream.frames];
    stream.socket.on("message", (data: Buffer) => this.#heard.push(JSON.parse(data.toString()) as Frame));
    this.#code = new Promise((resolve) => stream.socket.once("close", resolve));
  }

  /** A text with the page's ids replaced by the server's. */
  #named(text: string): string {
    return text.replace(/(?:room|evt|prt)-\w+/g, (name) => this.#ids.get(name) ?? name);
  }
}
