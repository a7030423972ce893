import {
  canonical,
  contentHashText,
  envelopeText,
  type EventId,
  type Fqid,
  headText,
  type JsonObject,
  proposalText,
} from "@stairwell/protocol";
import type { Random } from "@stairwell/testing";
import type { Item, ItemResult, ProposedEvent, SignedHead, WireEvent } from "@stairwell/protocol/federation";
import { signRequest } from "../../src/federation/outbound/sign-request.ts";
import type { Answered, Outgoing } from "../../src/lib/outbound.ts";
import { newId, newSalt, sha256 } from "../../src/lib/random.ts";
import { findSigningKey, type SigningKey, signWith } from "../../src/tenants/index.ts";
import { newSigningKey } from "../../src/tenants/signing-key.ts";
import type { Book } from "./book.ts";
import type { Plan } from "./plan.ts";
import type { WireRequest } from "./peer-door.ts";
import { peopleIn } from "./rows.ts";
import type { SimServer } from "./server.ts";
import type { World } from "./world.ts";

const PREFIX = "/_stairwell/federation/v1";

type EventItem = Extract<Item, { type: "event" }>;
type Bend = (evil: Evil, items: Item[]) => Item[];

/**
 * A server that runs the same program and keeps to none of its rules: what it sends, and what it answers, is bent on the way
 * out, and signed again with its own good key; and it asks for what is not its own.
 */
export class Evil {
  readonly server: SimServer;
  readonly world: World;
  readonly book: Book;
  readonly #zeal: number;

  readonly #isCurious: boolean;
  readonly #isTwoFaced: boolean;

  constructor(world: World, book: Book, server: SimServer, { zeal, isCurious, isTwoFaced }: NonNullable<Plan["evil"]>) {
    this.world = world;
    this.server = server;
    this.book = book;
    this.#zeal = zeal;
    this.#isCurious = isCurious === true;
    this.#isTwoFaced = isTwoFaced === true;
  }

  /** What it draws to bend what it says. */
  get random(): Random {
    return this.world.dice(`evil ${this.server.name}`);
  }

  get #key(): SigningKey {
    const row = this.server.disk.writer.get(
      `SELECT key_id AS "keyId", public_key AS "publicKey", private_key AS "privateKey" FROM tenant_keys
       WHERE tenant_no = $1 AND revoked_at IS NULL ORDER BY valid_from DESC LIMIT 1`,
      [this.server.tenantNo],
    );
    return row as SigningKey;
  }

  head(room: string, { envelope, hash }: Pick<WireEvent, "envelope" | "hash">, key = this.#key): SignedHead {
    const head = { room_id: room as SignedHead["room_id"], position: envelope.position, hash };
    return { ...head, key_id: this.#key.keyId, signature: signWith(key, headText(head)) };
  }

  signProposal(event: Omit<ProposedEvent, "signature">): ProposedEvent {
    const signature = { key_id: this.#key.keyId, value: signWith(this.#key, proposalText(event)) };
    return { ...event, signature };
  }

  /** Some of its requests, as they leave. */
  async bent(to: string, outgoing: Outgoing): Promise<Outgoing> {
    const { random } = this;
    const { schedule } = this.world;
    if (outgoing.method !== "POST" || !random.chance(this.#zeal)) return outgoing;
    const { items } = JSON.parse(outgoing.body!.toString()) as { items: Item[] };
    const bend =
      this.#isTwoFaced && random.chance(0.7)
        ? saysTwoThings
        : random.pick(this.#isCurious ? [...BENDS, ...CURIOUS] : BENDS);
    schedule.trace.say(`${this.server.name} bends: ${bend.name}`);
    return this.#signed(to, outgoing, bend(this, items));
  }

  /** Some of its answers. */
  answer(request: WireRequest, answered: Answered | undefined): Answered | undefined {
    const { random } = this;
    const { schedule } = this.world;
    if (answered === undefined || !request.target.startsWith(PREFIX) || !random.chance(this.#zeal)) return answered;
    const lie = random.pick(LIES);
    schedule.trace.say(`${this.server.name} answers: ${lie.name}`);
    if (answered.headers["content-type"] !== "application/json") {
      // Of the size that was said, too.
      return {
        ...answered,
        body: Buffer.from(random.chance(0.5) ? "lies" : "lies".repeat(99).slice(0, answered.body.length)),
      };
    }
    const body = JSON.parse(answered.body.toString()) as { data?: { results?: ItemResult[]; events?: WireEvent[] } };
    return { ...answered, status: answered.status, body: Buffer.from(JSON.stringify(lie(this, body))) };
  }

  /** Something that nobody has asked it for, nor let it do. */
  async mischief(random: Random): Promise<void> {
    const { servers, schedule } = this.world;
    const victim = random.pick(servers.filter((one) => one !== this.server));
    const rooms = [...this.book.rooms].filter(([, { hub }]) => hub === victim);
    if (rooms.length === 0 || !this.server.isUp) return;
    const [room, { rows }] = random.pick(rooms);
    const last = rows.at(-1)!;
    if (random.chance(0.4)) {
      const isShared = this.#shares(room, victim);
      const file = rows.map(({ content }) => /"sha256":"(\w+)"/.exec(content ?? "")?.[1]).find(Boolean);
      const wanted = this.#isCurious && file !== undefined ? [`media/${file}`] : [];
      const target = `${PREFIX}/rooms/${room}/${random.pick(["backfill", "members", ...wanted])}`;
      schedule.trace.say(`${this.server.name} asks ${victim.name} for ${target}`);
      const answer = await this.ask(victim, {
        method: "GET",
        target,
        headers: {},
        deadlineMs: 30_000,
        mostBytes: 1e6,
      });
      if (answer?.status === 200 && !isShared && !this.#shares(room, victim)) {
        this.world.violated(`I24 ${victim.name} showed ${this.server.name} a room that it does not share`);
      }
      return;
    }
    // As if it ordered that room: the next of its log, and the head.
    const speaker = random.pick([`@mallory:${this.server.name}`, ...victim.people.map(({ fqid }) => fqid)]) as Fqid;
    const event = this.#event(room, last, speaker, { body: "deed 0" });
    const item: Item = { type: "event", event, head: this.head(room, event) };
    const other = random.pick(servers.filter((one) => one !== this.server));
    const { content, salt, envelope } = event;
    const { v: _, ...rest } = envelope;
    const proposal = this.signProposal({ v: 1, ...rest, sender: speaker, content: content!, salt: salt! });
    const submit: Item = { type: "submit", event: proposed(proposal) };
    schedule.trace.say(`${this.server.name} speaks for ${speaker} to ${other.name}`);
    await this.ask(other, await this.#signed(other.name, SEND, random.shuffled([item, submit])));
  }

  #shares(room: string, victim: SimServer): boolean {
    const sql = `SELECT 1 FROM deliveries d JOIN rooms r ON r.tenant_no = d.tenant_no AND r.room_no = d.room_no
      WHERE r.tenant_no = $1 AND r.room_id = $2 AND d.server_name = $3 AND d.first_position IS NOT NULL`;
    return victim.disk.writer.get(sql, [victim.tenantNo, room, this.server.name]) !== undefined;
  }

  #event(room: string, last: { position: number; hash: string }, sender: Fqid, content: JsonObject): WireEvent {
    const salt = newSalt();
    const now = this.server.now();
    const envelope = {
      v: 1 as const,
      room_id: room as never,
      id: newId<EventId>("event"),
      event_type: "swp.room.message",
      sender,
      acted_by: null,
      origin_ts: now,
      content_hash: sha256(contentHashText(canonical(content), salt)),
      hub_ts: now,
      imported: false,
      position: last.position + 1,
      prev_hash: last.hash,
    };
    return { envelope, hash: sha256(envelopeText(envelope)), signatures: [], content, salt };
  }

  async ask(to: SimServer, outgoing: Outgoing): Promise<Answered | undefined> {
    const place = { hostname: to.name, port: 443, isSecure: true, mayBePrivate: false };
    const key = await findSigningKey(this.server.db, this.server.tenant.tenantNo, this.server.now());
    const from = { serverName: this.server.name, key: key! };
    const headers = outgoing.headers["signature"]
      ? outgoing.headers
      : signRequest(outgoing, from, to.name, this.server.now());
    return this.world.net.ask(this.server.name, place, { ...outgoing, headers }).catch(() => undefined);
  }

  async #signed(to: string, outgoing: Outgoing, items: readonly Item[]): Promise<Outgoing> {
    const body = Buffer.from(JSON.stringify({ items }));
    const from = { serverName: this.server.name, key: this.#key };
    const headers = signRequest({ ...outgoing, body }, from, to, this.server.now());
    return { ...outgoing, body, headers: { ...outgoing.headers, ...headers } };
  }

  /** Somebody who is in a room that an item is about, and not of this server. */
  somebodyElse(room: string): Fqid | undefined {
    const others = peopleIn(this.server, room).filter(({ fqid }) => !fqid.endsWith(`:${this.server.name}`));
    return others.length === 0 ? undefined : this.random.pick(others).fqid;
  }
}

const SEND: Outgoing = { method: "POST", target: `${PREFIX}/send`, headers: {}, deadlineMs: 30_000, mostBytes: 1e6 };

function proposed({
  v,
  room_id,
  id,
  event_type,
  sender,
  acted_by,
  origin_ts,
  content_hash,
  content,
  salt,
  signature,
}: ProposedEvent) {
  return { v, room_id, id, event_type, sender, acted_by, origin_ts, content_hash, content, salt, signature };
}

/** Changes the last event of a run, and all that follows from it. */
function lastEvent(items: Item[], change: (item: EventItem) => EventItem): Item[] {
  const at = items.findLastIndex(({ type }) => type === "event");
  return at === -1 ? items : items.with(at, change(items[at] as EventItem));
}

function saysTwoThings(evil: Evil, items: Item[]): Item[] {
  return lastEvent(items, (item) => {
    const { envelope } = item.event;
    const bent = { ...envelope, hub_ts: envelope.hub_ts + 1 };
    const event = { ...item.event, envelope: bent, hash: sha256(envelopeText(bent)) };
    return { ...item, event, head: evil.head(envelope.room_id, event) };
  });
}

const BENDS: readonly Bend[] = [
  function speaksForOthers(evil, items) {
    return items.map((item) => {
      if (item.type !== "submit") return item;
      const sender = evil.somebodyElse(item.event.room_id);
      return sender === undefined ? item : { ...item, event: evil.signProposal({ ...item.event, sender }) };
    });
  },
  function signsHeadsWithNoKeyOfIts(evil, items) {
    const other = newSigningKey();
    return lastEvent(items, (item) => ({ ...item, head: evil.head(item.event.envelope.room_id, item.event, other) }));
  },
  function coversLessThanItSends(evil, items) {
    const events = items.filter((item) => item.type === "event");
    const before = events.at(-2)?.event;
    return before === undefined
      ? items
      : lastEvent(items, (item) => ({ ...item, head: evil.head(item.event.envelope.room_id, before) }));
  },
  function putsWordsIntoMouths(evil, items) {
    return lastEvent(items, (item) => {
      const { envelope } = item.event;
      const sender = evil.somebodyElse(envelope.room_id);
      if (sender === undefined) return item;
      const bent = { ...envelope, sender };
      const event = { ...item.event, envelope: bent, hash: sha256(envelopeText(bent)) };
      return { ...item, event, head: evil.head(envelope.room_id, event) };
    });
  },
  function saysWhatWasNotHashed(_evil, items) {
    return lastEvent(items, (item) => ({ ...item, event: { ...item.event, content: { body: "deed 0" } } }));
  },
  saysTwoThings,
  function leavesThingsOut(evil, items) {
    return items.filter(() => evil.random.chance(0.6));
  },
  function turnsThingsRound(evil, items) {
    return evil.random.shuffled(items);
  },
  function saysThingsOverAndOver(evil, items) {
    return [...items, ...items, ...evil.random.shuffled(items)];
  },
  function sendsPoison(evil, items) {
    const poison = evil.random.pick(POISON);
    return items.map((item) => {
      if (item.type === "submit") {
        const content = { ...item.event.content, ...poison };
        const content_hash = sha256(contentHashText(safely(content), item.event.salt));
        return { ...item, event: evil.signProposal({ ...item.event, content, content_hash }) };
      }
      return { ...item, ...poison } as Item;
    });
  },
];

/** What it says where there are names and files. */
const CURIOUS: readonly Bend[] = [
  function namesOthers(evil, items) {
    const servers = evil.world.servers.filter(({ name }) => name !== evil.server.name);
    const { fqid } = evil.random.pick(evil.random.pick(servers).people);
    return [...items, { type: "profile", fqid, display_name: "Mallory", participant_type: "human" }];
  },
];

function safely(content: JsonObject): string {
  try {
    return canonical(content);
  } catch {
    return "";
  }
}

const POISON: readonly JsonObject[] = [
  { body: "x".repeat(70_000) },
  { membership: "join", participant: "@:nowhere" },
  { __proto__x: 1, toString: null, constructor: {} },
  { body: "\u0000\u202e", reason: "\ufeff".repeat(600) },
  { event_id: { deep: [[[[[[[[[[]]]]]]]]]] } },
  { position: 2 ** 53, hash: "", envelope: null },
  { type: "submit", event: 1e308 },
];

type Body = { data?: { results?: ItemResult[]; events?: WireEvent[] } };

const LIES: readonly ((evil: Evil, body: Body) => Body)[] = [
  function keepsNothingAndSaysSo(_evil, { data }) {
    return {
      data: { ...data, ...(data?.results && { results: data.results.map(() => ({ status: "unchanged" }) as const) }) },
    };
  },
  function hasEverything(_evil, { data }) {
    const results = data?.results?.map(() => ({ status: "confirmed", position: 9_007_199_254_740_991 }) as const);
    return { data: { ...data, ...(results && { results }) } };
  },
  function isAlwaysBusy(_evil, { data }) {
    return {
      data: { ...data, ...(data?.results && { results: data.results.map(() => ({ status: "retry" }) as const) }) },
    };
  },
  function refusesEverything(_evil, { data }) {
    const error = { code: "SW_ROOM_FORBIDDEN" } as const;
    return {
      data: {
        ...data,
        ...(data?.results && { results: data.results.map(() => ({ status: "refused", error }) as const) }),
      },
    };
  },
  function leavesHistoryOut(evil, { data }) {
    return {
      data: { ...data, ...(data?.events && { events: data.events.filter(() => evil.random.chance(0.7)) }) },
    };
  },
  function mixesAnswersUp(evil, { data }) {
    return { data: { ...data, ...(data?.results && { results: evil.random.shuffled(data.results) }) } };
  },
  function answersNonsense() {
    return { data: { results: [{ status: "sequenced" } as never], events: [null as never] } };
  },
];
