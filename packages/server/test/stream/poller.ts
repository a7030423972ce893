import { assertOk, type Frame, type Person, StreamOrder } from "@stairwell/testing";

/** Somebody who hears the stream by long poll. */
export class Poller {
  person: Person;
  readonly events: Frame[] = [];
  cursor: string | undefined;
  polls = 0;
  readonly #order: StreamOrder;

  constructor(person: Person) {
    this.person = person;
    this.#order = new StreamOrder(person.id);
  }

  /** One poll; answers whether more is there already. */
  async poll(query: { limit?: number; timeout?: number } = {}): Promise<boolean> {
    const parameters = Object.entries({ since: this.cursor, ...query }).filter(([, value]) => value !== undefined);
    const answer = await this.person.get(
      `/v1/sync?${new URLSearchParams(parameters as [string, string][]).toString()}`,
    );
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.error)}`);
    const { events, next_cursor, has_more } = answer.data as {
      events: Frame[];
      next_cursor: string;
      has_more: boolean;
    };
    for (const event of events) {
      const fault = this.#order.see(event);
      if (fault !== undefined) throw new Error(`the polls of ${this.person.name}: ${fault}`);
      this.events.push(event);
    }
    this.cursor = next_cursor;
    this.polls++;
    return has_more;
  }
}

/** Waits until a poll of this person waits: only then are they here. */
export async function attached(who: Person, asks: Person): Promise<void> {
  for (;;) {
    const { data } = assertOk(await asks.get(`/v1/presence?ids=${who.id}`));
    if (data[0].status === "online") return;
  }
}
