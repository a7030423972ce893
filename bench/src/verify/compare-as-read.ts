import type { Address } from "../load/plan.ts";

/** Of an item of `GET …/messages`. */
interface Item {
  id: string;
  event_type: string;
  content: { body?: string; msgtype?: string; reply_to_event_id?: string } | null;
  reply_count: number;
  reactions: { emoji: string; count: number }[];
  edited_at: string | null;
  redacted_at: string | null;
}

const MOST_FAULTS = 20;

/**
 * Reads two rooms through the API, an imported one and the one it comes from, and compares what members see: texts in
 * order, which message each answers, how many answer it, reactions, edits, redactions. One line a fault.
 */
export async function compareAsRead(
  address: Address,
  token: string,
  first: string,
  second: string,
): Promise<{ messages: number; replies: number; faults: string[] }> {
  const [before, after] = [new Reading(address, token, first), new Reading(address, token, second)];
  const found = { messages: 0, replies: 0, faults: [] as string[] };
  for (;;) {
    const [was, is] = [await before.next(), await after.next()];
    if (was === undefined && is === undefined) return found;
    if (JSON.stringify(was) !== JSON.stringify(is)) {
      found.faults.push(`message ${found.messages + 1} reads ${JSON.stringify(is)} and was ${JSON.stringify(was)}`);
      if (found.faults.length >= MOST_FAULTS) return found;
    }
    found.messages++;
    if (was?.answers !== undefined) found.replies++;
  }
}

/** The messages of a room, oldest first, page by page. */
class Reading {
  readonly #address: Address;
  readonly #token: string;
  readonly #roomId: string;
  readonly #places = new Map<string, number>();
  #page: Item[] = [];
  #cursor: string | null = "0";

  constructor(address: Address, token: string, roomId: string) {
    this.#address = address;
    this.#token = token;
    this.#roomId = roomId;
  }

  async next() {
    for (;;) {
      while (this.#page.length === 0) {
        if (this.#cursor === null) return undefined;
        await this.#turn();
      }
      const item = this.#page.shift()!;
      if (item.event_type !== "swp.room.message") continue;
      return this.#plain(item);
    }
  }

  #plain({ id, content, reply_count, reactions, edited_at, redacted_at }: Item) {
    this.#places.set(id, this.#places.size);
    const target = content?.reply_to_event_id;
    return {
      body: content?.body,
      msgtype: content?.msgtype,
      // What answers something else than a message answers it in both, and has no place among these.
      answers: target === undefined ? undefined : (this.#places.get(target) ?? "another event"),
      reply_count,
      reactions: reactions.map(({ emoji, count }) => [emoji, count]),
      isEdited: edited_at !== null,
      isRedacted: redacted_at !== null,
    };
  }

  async #turn(): Promise<void> {
    const { host, port } = this.#address;
    const path = `/v1/rooms/${this.#roomId}/messages?direction=forward&limit=200&from=${this.#cursor}`;
    const response = await fetch(`http://${host}:${port}${path}`, {
      headers: { authorization: `Bearer ${this.#token}` },
    });
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    const { data, meta } = (await response.json()) as { data: Item[]; meta: { next_cursor: string | null } };
    [this.#page, this.#cursor] = [data, meta.next_cursor];
  }
}
