import { Type } from "@stairwell/protocol/schema";
import { type Bus, type Channel, channelOf } from "../bus/index.ts";
import type { Who } from "./listener.ts";

/** Somebody with a stream, as nodes tell each other. */
export type Person = Pick<Who, "tenantNo" | "participantNo" | "participantId">;

/** What this node says of itself when another asks, and who is told what others say. */
export interface Neighbour {
  /** This node's people, and whether they are away. */
  people(): Iterable<Person & { isAway: boolean }>;
  /** Streams of each tenant on this node. */
  countStreams(): Iterable<readonly [tenantNo: number, streams: number]>;
  /** A person came to the streams of other nodes, who was at none of them. */
  came(person: Person): void;
  /** A person left the streams of one of them. */
  gone(person: Person): void;
  said(person: Person, isAway: boolean): void;
}

interface Node {
  /** How many of its messages were taken in; undefined until all that it has is known. */
  number: number | undefined;
  /** Beats of ours since it was heard. */
  silent: number;
  people: Map<string, Person>;
  streams: ReadonlyMap<number, number>;
  /** What of its list has come. */
  parts: Listed[];
}

const BEAT_MS = 2000;
/** Whoever is silent for so many beats has gone: ten seconds, as for a stream that ended. */
const MOST_SILENT = 5;
/** People a message: about 100 kB. */
const PART = 1000;

const Someone = Type.Object({
  tenantNo: Type.Integer(),
  participantNo: Type.Integer(),
  participantId: Type.String(),
  isAway: Type.Boolean(),
});
const Turn = Type.Object({
  node: Type.String(),
  number: Type.Integer(),
  kind: Type.Union([Type.Literal("came"), Type.Literal("gone"), Type.Literal("said")]),
  person: Someone,
});
const Beat = Type.Object({
  node: Type.String(),
  number: Type.Integer(),
  streams: Type.Array(Type.Object({ tenant: Type.Integer(), count: Type.Integer() })),
});
const Asked = Type.Object({ node: Type.String() });
const List = Type.Object({
  node: Type.String(),
  number: Type.Integer(),
  part: Type.Integer(),
  parts: Type.Integer(),
  people: Type.Array(Someone),
});
type Listed = { number: number; part: number; parts: number; people: (Person & { isAway: boolean })[] };

/**
 * Who is at the streams of other nodes. Each node numbers what it tells; whoever missed a number asks for the whole list.
 * A node that falls silent has gone with its people; while the bus is not well nobody can be heard, and nobody goes.
 */
export class Elsewhere {
  readonly #bus: Bus;
  readonly #self: Neighbour;
  readonly #id: string;
  readonly #nodes = new Map<string, Node>();
  readonly #turns;
  readonly #beats;
  readonly #asks: Channel<{ node: string }>;
  readonly #lists;
  #number = 0;
  #timer: NodeJS.Timeout | undefined;
  #isAsked = false;

  /** `id` names this node among the others. */
  constructor(bus: Bus, id: string, self: Neighbour) {
    this.#bus = bus;
    this.#id = id;
    this.#self = self;
    this.#turns = channelOf(bus, "presence.turn", Turn);
    this.#beats = channelOf(bus, "presence.beat", Beat);
    this.#asks = channelOf(bus, "presence.ask", Asked);
    this.#lists = channelOf(bus, "presence.list", List);
    if (!bus.hasOthers) return;
    this.#turns.hear((turn) => this.#hearTurn(turn));
    this.#beats.hear(({ node: id, number, streams }) => {
      const node = this.#nodeOf(id);
      if (node.number !== number) this.#asks.tell({ node: id });
      node.streams = new Map(streams.map(({ tenant, count }) => [tenant, count]));
    });
    this.#asks.hear(({ node }) => (this.#isAsked ||= node === this.#id));
    this.#lists.hear((list) => this.#hearList(list));
    this.#timer = setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  /** Whether somebody is at another node's streams. */
  has(tenantNo: number, participantNo: number): boolean {
    return this.#isAtOther(undefined, keyOf({ tenantNo, participantNo }));
  }

  /** Streams of a tenant on the other nodes, as they last said. */
  countStreams(tenantNo: number): number {
    let count = 0;
    for (const { streams } of this.#nodes.values()) count += streams.get(tenantNo) ?? 0;
    return count;
  }

  /** Tells the other nodes of a person of this one. */
  tell(kind: "came" | "gone" | "said", { tenantNo, participantNo, participantId }: Person, isAway: boolean): void {
    this.#number++;
    const person = { tenantNo, participantNo, participantId, isAway };
    this.#turns.tell({ node: this.#id, number: this.#number, kind, person });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    if (this.#isAsked) this.#tellList();
    this.#isAsked = false;
    const streams = [...this.#self.countStreams()].map(([tenant, count]) => ({ tenant, count }));
    this.#beats.tell({ node: this.#id, number: this.#number, streams });
    if (!this.#bus.isWell) return;
    for (const [id, node] of this.#nodes) {
      if (++node.silent <= MOST_SILENT) continue;
      this.#nodes.delete(id);
      for (const person of node.people.values()) this.#self.gone(person);
    }
  }

  /** The node that said something. */
  #nodeOf(id: string): Node {
    let node = this.#nodes.get(id);
    if (node === undefined) {
      node = { number: undefined, silent: 0, people: new Map(), streams: new Map(), parts: [] };
      this.#nodes.set(id, node);
    }
    node.silent = 0;
    return node;
  }

  #isAtOther(node: Node | undefined, key: string): boolean {
    for (const other of this.#nodes.values()) if (other !== node && other.people.has(key)) return true;
    return false;
  }

  #hearTurn({ node: id, number, kind, person }: { node: string; number: number } & Turned): void {
    const node = this.#nodeOf(id);
    // It came twice, or after what followed it.
    if (node.number !== undefined && number <= node.number) return;
    if (node.number === number - 1) node.number = number;
    else this.#asks.tell({ node: id });
    const key = keyOf(person);
    if (kind === "said") this.#self.said(person, person.isAway);
    else if (kind === "gone") {
      if (node.people.delete(key)) this.#self.gone(person);
    } else if (!node.people.has(key)) {
      node.people.set(key, person);
      this.#arrived(node, person);
    }
  }

  #arrived(node: Node, person: Person & { isAway: boolean }): void {
    if (!this.#isAtOther(node, keyOf(person))) this.#self.came(person);
    if (person.isAway) this.#self.said(person, true);
  }

  #tellList(): void {
    const people = [...this.#self.people()];
    const parts = Math.max(1, Math.ceil(people.length / PART));
    for (let part = 0; part < parts; part++) {
      const some = people.slice(part * PART, (part + 1) * PART);
      this.#lists.tell({ node: this.#id, number: this.#number, part, parts, people: some });
    }
  }

  #hearList({ node: id, ...list }: Listed & { node: string }): void {
    const node = this.#nodes.get(id);
    if (node === undefined || (node.number !== undefined && node.number >= list.number)) return;
    if (node.parts[0] !== undefined && node.parts[0].number !== list.number) node.parts = [];
    if (node.parts.every(({ part }) => part !== list.part)) node.parts.push(list);
    if (node.parts.length < list.parts) return;
    const people = node.parts.flatMap((part) => part.people);
    node.parts = [];
    node.number = list.number;
    this.#replace(node, people);
  }

  #replace(node: Node, people: readonly (Person & { isAway: boolean })[]): void {
    const before = node.people;
    node.people = new Map(people.map((person) => [keyOf(person), person]));
    for (const [key, person] of before) if (!node.people.has(key)) this.#self.gone(person);
    for (const person of people) {
      if (!before.has(keyOf(person))) this.#arrived(node, person);
      else this.#self.said(person, person.isAway);
    }
  }
}

type Turned = { kind: "came" | "gone" | "said"; person: Person & { isAway: boolean } };

function keyOf({ tenantNo, participantNo }: Pick<Person, "tenantNo" | "participantNo">): string {
  return `${tenantNo}:${participantNo}`;
}
