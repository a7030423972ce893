import { Agent, request } from "node:http";
import { assertOk, type ChildServer, type Random } from "@stairwell/testing";

/** One message that was sent or is being sent. The text is its own in the whole test. */
export interface Attempt {
  readonly room: string;
  readonly sender: string;
  readonly text: string;
  readonly eventUuid: string;
  /** What the server answered; undefined as long as it has not. */
  acked?: { readonly id: string; readonly position: number; readonly hash: string };
}

const PEOPLE = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"];
const ROOMS = 4;

/** New rooms in which all of a few people are. */
export async function openRooms(server: Pick<ChildServer, "people">): Promise<string[]> {
  const people = await server.people(...PEOPLE);
  return Promise.all(
    Array.from({ length: ROOMS }, async (_, i) => {
      const room = await people[i]!.roomWith([], { room_type: "public", name: `Load ${i}` });
      await Promise.all(people.map(async (person) => assertOk(await person.post(`/v1/rooms/${room}/join`))));
      return room;
    }),
  );
}

/** Keeps so many writers sending, each on a connection of its own, until the server is gone. */
export class Load {
  readonly attempts: Attempt[] = [];
  readonly #url: string;
  readonly #rooms: readonly string[];
  readonly #random: Random;
  readonly #name: string;
  /** Characters of the longest texts. */
  readonly #longest: number;

  constructor(server: ChildServer, rooms: readonly string[], random: Random, { name = "", longest = 20_000 } = {}) {
    this.#url = server.url;
    this.#rooms = rooms;
    this.#random = random;
    this.#name = name;
    this.#longest = longest;
  }

  /** Settles when every writer has lost its connection, or `until` says that it is enough. */
  async run(writers: number, until: () => boolean = () => false): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: writers });
    await Promise.all(Array.from({ length: writers }, (_, i) => this.#write(agent, i, until)));
    agent.destroy();
  }

  /** Does something once so many messages are acknowledged. */
  after(acknowledged: number, act: () => void): () => boolean {
    return this.once(() => this.acked.length >= acknowledged, act);
  }

  /** Does something once this is so; looked at before each message. */
  once(isSo: () => boolean, act: () => void): () => boolean {
    let done = false;
    return () => {
      if (!done && isSo()) {
        done = true;
        act();
      }
      return false;
    };
  }

  get acked(): Attempt[] {
    return this.attempts.filter(({ acked }) => acked !== undefined);
  }

  async #write(agent: Agent, writer: number, until: () => boolean): Promise<void> {
    for (let n = 0; !until(); n++) {
      const key = `${this.#name}/${writer}/${n}`;
      // Most are short; some fill several pages, which a torn write would tear.
      const length = this.#random.chance(0.15) ? this.#random.int(0, this.#longest) : 0;
      const attempt: Attempt = {
        room: this.#random.pick(this.#rooms),
        sender: PEOPLE[writer % PEOPLE.length]!,
        text: `${key} ${"x".repeat(length)}`,
        eventUuid: key,
      };
      this.attempts.push(attempt);
      try {
        await send(agent, this.#url, attempt);
      } catch {
        return;
      }
    }
  }
}

/** Sends one message and notes the answer; rejects when the connection ends before the whole answer has come. */
function send(agent: Agent, url: string, attempt: Attempt): Promise<void> {
  const body = JSON.stringify({ content: { body: attempt.text }, event_uuid: attempt.eventUuid });
  const headers = {
    authorization: `Bearer dev-${attempt.sender}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const sending = request(`${url}/v1/rooms/${attempt.room}/send`, { method: "POST", agent, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        if (!answer.complete || answer.statusCode !== 201) return reject(new Error(`answered ${answer.statusCode}`));
        const { data } = JSON.parse(Buffer.concat(parts).toString());
        attempt.acked = { id: data.id, position: data.stream_position, hash: data.hash };
        resolve();
      });
    });
    sending.on("error", reject);
    sending.end(body);
  });
}

/** Sends again what was never answered, with the same `event_uuid`; the answers become part of the journal. */
export async function sendAgain(server: ChildServer, attempts: readonly Attempt[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const unanswered = attempts.filter(({ acked }) => acked === undefined);
  await Promise.all(unanswered.map((attempt) => send(agent, server.url, attempt)));
  agent.destroy();
}
