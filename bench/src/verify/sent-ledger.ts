import type { Address, Receipt } from "../load/plan.ts";
import { compareLog } from "./compare-log.ts";
import type { LoggedEvent } from "./compare-log.ts";
import { readList } from "./read-list.ts";

/** Follows the logs of some rooms from run to run, each room read with the token of its sender. */
export class SentLedger {
  readonly #address: Address;
  readonly #rooms: readonly { id: string; token: string }[];
  readonly #heads: number[];

  private constructor(address: Address, rooms: readonly { id: string; token: string }[], heads: number[]) {
    this.#address = address;
    this.#rooms = rooms;
    this.#heads = heads;
  }

  /** Notes where each log ends now. */
  static async open(address: Address, rooms: readonly { id: string; token: string }[]): Promise<SentLedger> {
    const ledger = new SentLedger(address, rooms, []);
    for (const index of rooms.keys())
      ledger.#heads[index] = (await ledger.#after(index, 0)).at(-1)?.stream_position ?? 0;
    return ledger;
  }

  /** As `open`, of rooms that say where their log ends: for logs that are too long to be read. */
  static async fromHeads(address: Address, rooms: readonly { id: string; token: string }[]): Promise<SentLedger> {
    const heads = await Promise.all(
      rooms.map(async ({ id, token }) => {
        const headers = { authorization: `Bearer ${token}` };
        const response = await fetch(`http://${address.host}:${address.port}/v1/rooms/${id}`, { headers });
        return ((await response.json()) as { data: { head: number } }).data.head;
      }),
    );
    return new SentLedger(address, rooms, heads);
  }

  /** The same logs after the server was started again at another address. */
  movedTo(address: Address): SentLedger {
    return new SentLedger(address, this.#rooms, this.#heads);
  }

  /** Where each log ended at the last look. */
  get heads(): readonly number[] {
    return this.#heads;
  }

  /** Reads back what the rooms hold since the last look; receipts' `ask` is the index of their room. */
  async check(receipts: readonly Receipt[]): Promise<string[]> {
    const faults: string[] = [];
    const byRoom = Map.groupBy(receipts, ({ ask }) => ask);
    for (const index of this.#rooms.keys()) {
      const head = this.#heads[index]!;
      const logged = await this.#after(index, head);
      faults.push(...compareLog(head, logged, byRoom.get(index) ?? []));
      this.#heads[index] = logged.at(-1)?.stream_position ?? head;
    }
    return faults;
  }

  #after(index: number, head: number): Promise<LoggedEvent[]> {
    const { id, token } = this.#rooms[index]!;
    const path = `/v1/rooms/${id}/messages?direction=forward&limit=200`;
    return readList<LoggedEvent>(this.#address, token, path, "from", String(head));
  }
}
