import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import type { Item, ItemResult } from "@stairwell/protocol/federation";
import { assertOk, type Person } from "@stairwell/testing";
import { EvilPeer } from "./evil-peer.ts";
import { type Asked, propose, results } from "./evil-room.ts";
import type { World } from "./world.ts";

/** What a follower answers to a batch: results, the refusal of all of it, an end of the connection, or nothing at all. */
export type Reaction =
  | ItemResult[]
  | { status: number; code: string; headers?: Record<string, string> }
  | "cut"
  | "hang";

/** A scripted server with one person, in rooms of a hub; it takes what it is told unless a test says otherwise. */
export class Follower {
  readonly peer: EvilPeer;
  /** Each batch that came, whatever was answered. */
  readonly batches: Item[][] = [];
  /** Calls under way that have no answer yet. */
  open = 0;
  react: (items: Item[]) => Reaction = taken;

  private constructor(peer: EvilPeer) {
    this.peer = peer;
  }

  static async start(t: TestContext, world: Pick<World, "hosts">, name: string): Promise<Follower> {
    const follower = new Follower(await EvilPeer.start(t, name));
    follower.peer.answer = (request, response) => follower.#answer(request, response);
    world.hosts.set(name, follower.peer.url);
    return follower;
  }

  get fqid(): string {
    return `@mallory:${this.peer.name}`;
  }

  /** Positions of a room that were told to it, in the order they came, repeats too. */
  positions(room: string): number[] {
    return this.batches.flat().flatMap((item) => (isOf(item, room) ? [item.event.envelope.position] : []));
  }

  /** What was said in a room, as it was told. */
  bodies(room: string): unknown[] {
    return this.batches.flat().flatMap((item) => {
      if (!isOf(item, room) || item.event.envelope.event_type !== "swp.room.message") return [];
      return [(item.event.content as { body?: unknown } | undefined)?.body];
    });
  }

  /** Is invited to a shared room of a hub, and joins it. */
  async join(home: Asked, admin: Person, room: string): Promise<void> {
    assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: this.fqid }));
    const content = { participant: this.fqid, membership: "join" };
    const [joined] = await results(this.peer, home, [propose(this.peer, room, { type: "swp.room.member", content })]);
    if (joined?.status !== "sequenced") throw new Error(`the follower did not join: ${JSON.stringify(joined)}`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("content-type", "application/json");
    const local = request.url!.split("/").at(-1)!;
    const profile = {
      fqid: `@${local}:${this.peer.name}`,
      display_name: local,
      participant_type: "human",
      avatar_url: null,
    };
    if (request.url!.includes("/profile/")) return void response.end(JSON.stringify({ data: profile }));
    if (request.method === "GET") return void response.end(this.peer.descriptor());
    const chunks: Buffer[] = [];
    this.open++;
    response.once("close", () => this.open--);
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { items } = JSON.parse(Buffer.concat(chunks).toString()) as { items: Item[] };
      this.batches.push(items);
      const reaction = this.react(items);
      if (reaction === "hang") return;
      if (reaction === "cut") return void request.socket.destroy();
      if (Array.isArray(reaction)) return void response.end(JSON.stringify({ data: { results: reaction } }));
      const { status, code, headers = {} } = reaction;
      response.writeHead(status, headers).end(JSON.stringify({ error: { code, message: "No.", request_id: "r" } }));
    });
  }
}

/** Everything is taken. */
export function taken(items: Item[]): ItemResult[] {
  return items.map((item) =>
    item.type === "event" ? { status: "confirmed", position: item.event.envelope.position } : { status: "ok" },
  );
}

/** Everything is taken but what is of some rooms, which is answered otherwise. */
export function takenBut(rooms: ReadonlySet<string>, answer: ItemResult): (items: Item[]) => ItemResult[] {
  return (items) =>
    taken(items).map((result, i) => ([...rooms].some((room) => isOf(items[i]!, room)) ? answer : result));
}

export function isOf(item: Item, room: string): item is Extract<Item, { type: "event" }> {
  return item.type === "event" && item.event.envelope.room_id === room;
}
