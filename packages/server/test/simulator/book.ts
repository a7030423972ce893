import { type Fqid, headText, isServerFqid, parseFqid, proposalText } from "@stairwell/protocol";
import type { SignedHead } from "@stairwell/protocol/federation";
import { verifyEd25519 } from "../../src/lib/ed25519.ts";
import { type Bounds, Reference } from "./reference.ts";
import { contentOf, eventsAfter, headsOf, type Row } from "./rows.ts";
import type { SimServer } from "./server.ts";
import type { World } from "./world.ts";

/** Something that one of our people asked for, by the number that its event bears. */
export interface Deed {
  readonly number: number;
  by: Fqid;
  /** It was refused for good, or said not to have been done, with the first try. */
  isRefused: boolean;
  /** The room and id of the event that came of it. */
  event?: { readonly room: string; readonly id: string };
}

interface RoomLog {
  readonly hub: SimServer;
  readonly rows: Row[];
  readonly reference: Reference;
}

/** How long after a revocation others may not have heard of it: descriptors count as new for an hour, and clocks differ. */
const UNHEARD_MS = 3_600_000 + 20 * 60_000;

/**
 * What really happened in a world: the log of each room as its hub committed it, and what people asked for. Each commit of each
 * server is held against it at once.
 */
export class Book {
  readonly #world: World;
  readonly #bounds: Bounds;
  readonly rooms = new Map<string, RoomLog>();
  readonly deeds: Deed[] = [];
  /** The head that each replica kept last. */
  readonly #heard = new Map<string, string>();
  /** The last row of each server's logs that was looked at. */
  readonly #looked = new Map<SimServer, number>();
  /** When a server last learned that somebody came or went, or of whether a room is shared, by virtual time. */
  readonly #moved = new Map<string, number>();

  constructor(world: World, bounds: Bounds) {
    this.#world = world;
    this.#bounds = bounds;
  }

  /** Somebody is about to ask for something: the number to mark it with. */
  deed(by: Fqid): Deed {
    const deed: Deed = { number: this.deeds.length + 1, by, isRefused: false };
    this.deeds.push(deed);
    return deed;
  }

  /** Whether a room's hub keeps to the rules: what others make of their rooms is not looked at here. */
  isHonest(room: string): boolean {
    const hub = this.rooms.get(room)?.hub;
    return hub !== undefined && !this.#world.isEvil(hub.name);
  }

  /**
   * Whether a server has known since before a moment, and knows until now, that somebody of its own and somebody of another's
   * are in one room which is shared.
   */
  areTogether({ name, tenantNo, disk }: SimServer, fqid: Fqid, other: string, since: number): boolean {
    const together = disk.writer.all(
      `SELECT r.room_id AS room, p.fqid FROM members m JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no
       JOIN participants p ON p.tenant_no = m.tenant_no AND p.participant_no = m.participant_no
       WHERE m.tenant_no = $1 AND m.membership = 'join' AND r.federated = 1 ORDER BY r.room_no, p.fqid`,
      [tenantNo],
    ) as { room: string; fqid: Fqid }[];
    const isOld = (room: string, who: Fqid): boolean => (this.#moved.get(`${name} ${room} ${who}`) ?? Infinity) < since;
    return together.some(
      ({ room, fqid: who }) =>
        who.endsWith(`:${other}`) &&
        isOld(room, who) &&
        isOld(room, fqid) &&
        (this.#moved.get(`${name} ${room}`) ?? 0) < since &&
        together.some((one) => one.room === room && one.fqid === fqid),
    );
  }

  /** What a server has just committed. */
  committed(server: SimServer): void {
    for (const row of eventsAfter(server, this.#looked.get(server) ?? 0)) {
      this.#looked.set(server, row.row);
      this.#world.schedule.trace.say(`${server.name} has ${row.room} ${row.position} ${row.type} ${row.hash}`);
      this.#note(server, row);
      const fault = row.hub === server.name ? this.#sequenced(server, row) : this.#followed(server, row);
      if (fault !== undefined)
        this.#world.violated(`${fault}: ${server.name} ${row.room} ${row.position} ${row.type} ${row.id}`);
    }
    this.#heads(server);
  }

  #note({ name }: SimServer, { room, type, content }: Row): void {
    const { now } = this.#world.schedule;
    if (type === "swp.room.federation") this.#moved.set(`${name} ${room}`, now);
    if (type !== "swp.room.member" || content === null) return;
    const { participant } = JSON.parse(content) as { participant: Fqid };
    this.#moved.set(`${name} ${room} ${participant}`, now);
  }

  /** FD4: the head that a replica keeps is that of its log, and its hub's. */
  #heads(server: SimServer): void {
    for (const { room, hub, head, position, hash } of headsOf(server)) {
      const key = `${server.name} ${room}`;
      if (head === null || this.#heard.get(key) === head) continue;
      this.#heard.set(key, head);
      const said = JSON.parse(head) as SignedHead;
      const by = this.#world.keys(hub).find(({ keyId }) => keyId === said.key_id)?.publicKey;
      if (said.position !== position || said.hash !== hash) {
        this.#world.violated(`I26 ${server.name} keeps a head of ${room} that is not that of its log`);
      } else if (by === undefined || !verifyEd25519(by, headText(said), said.signature)) {
        this.#world.violated(`I23 ${server.name} keeps a head of ${room} that ${hub} did not sign`);
      }
    }
  }

  #sequenced(server: SimServer, row: Row): string | undefined {
    let log = this.rooms.get(row.room);
    if (log === undefined) {
      log = { hub: server, rows: [], reference: new Reference(server.name, this.#bounds) };
      this.rooms.set(row.room, log);
    }
    if (log.hub !== server) return "I16 a room has two hubs";
    if (row.position !== log.rows.length + 1) return `I2 it does not follow ${log.rows.length}`;
    if (log.rows.some(({ id }) => id === row.id)) return "I3 an id is there twice";
    log.rows.push(row);
    const fault = log.reference.take(row) ?? this.#isPairsSecond(log) ?? this.#isDenied(server, row);
    return fault ?? this.#isSaid(server.name, row) ?? this.#isAsked(row);
  }

  /** I14: two people have one direct room that is not closed. */
  #isPairsSecond({ reference: { pair } }: RoomLog): string | undefined {
    if (pair === undefined) return undefined;
    const same = [...this.rooms.values()].filter(({ reference }) => reference.pair === pair);
    return same.length > 1 ? `I14 ${pair} have two direct rooms` : undefined;
  }

  /** I24: a server that a hub denies does nothing in its rooms. */
  #isDenied(server: SimServer, { sender }: Row): string | undefined {
    const from = sender === null ? undefined : parseFqid(sender)?.serverName;
    return from !== undefined && this.#world.denials.has(`${server.name} ${from}`)
      ? "I24 somebody of a server that is denied acts"
      : undefined;
  }

  /** I26: nobody has what the hub has not, and nothing else at its place. */
  #followed(server: SimServer, row: Row): string | undefined {
    const log = this.rooms.get(row.room);
    if (this.#world.isLongDenied(server.name, row.hub)) return "I24 it comes from a server that is denied";
    // Of a room that an evil server orders nothing is known but what ours have said in it.
    if (log === undefined || !this.isHonest(row.room)) return this.#isSaid(row.hub, row) ?? this.#isAsked(row);
    const there = log.rows[row.position - 1];
    if (there === undefined) return "I26 a replica has what its hub has not";
    if (there.hash !== row.hash) return "I26 a replica has something else at a place";
    if (this.#isNotTheirs(server, log, row)) return "I19 a replica has what was said before its time";
    return there.signature === row.signature ? undefined : "I23 a replica has another signature";
  }

  /** Said before the first of a server's people joined, in a room whose hub shows that to nobody; but an invite is theirs. */
  #isNotTheirs(server: SimServer, { hub, rows, reference }: RoomLog, { position, content, type }: Row): boolean {
    if (content === null || type === "swp.room.member" || this.#world.showsHistory.has(hub.name)) return false;
    // What is said in a direct room is both sides' to read.
    if (reference.isDirect) return false;
    const isTheirs = ({ sender, type: kind, content: said }: Row): boolean =>
      kind === "swp.room.member" && said?.includes('"join"') === true && sender?.endsWith(`:${server.name}`) === true;
    const first = rows.find(isTheirs)?.position ?? Infinity;
    return position < first;
  }

  /** I23, I32: what somebody of another server said is signed by it, with a key of it that was good. */
  #isSaid(hub: string, row: Row): string | undefined {
    if (row.sender === null || isServerFqid(row.sender)) return undefined;
    const from = parseFqid(row.sender)!.serverName;
    if (from === hub) return undefined;
    const key = this.#world.keys(from).find(({ keyId }) => keyId === row.key_id);
    if (key === undefined || row.signature === null) return "I32 it is signed with a key that its server never had";
    const { acted_by, content_hash, id, origin_ts, room: room_id, sender, type: event_type } = row;
    const text = proposalText({ acted_by, content_hash, event_type, id, origin_ts, room_id, sender } as never);
    if (!verifyEd25519(key.publicKey, text, row.signature)) return "I23 its signature does not fit";
    const isEarly = row.hub_ts < key.validFrom - 20 * 60_000;
    const isLate = key.validUntil !== null && row.hub_ts > key.validUntil + 20 * 60_000;
    const isRevoked = key.revokedAt !== null && row.hub_ts > key.revokedAt + UNHEARD_MS;
    return isEarly || isLate || isRevoked ? "I32 its key was not good any more" : undefined;
  }

  /** I7, I8, I24, I25, I27: people's events are what they asked for, each once. */
  #isAsked(row: Row): string | undefined {
    if (row.sender === null || isServerFqid(row.sender)) return undefined;
    if (this.#world.isEvil(parseFqid(row.sender)!.serverName)) return undefined;
    const mark = markOf(row);
    if (mark === undefined) return undefined;
    const deed = this.deeds[mark - 1];
    if (deed === undefined || deed.by !== row.sender) return "I24 nobody asked for it";
    if (deed.event?.id === row.id) return undefined;
    // A hub that lies calls refused what it has, and takes what is asked for again too.
    if (deed.event !== undefined && !this.#world.isEvil(row.hub))
      return `I7 it is there a second time, after ${deed.event.id}`;
    deed.event = { room: row.room, id: row.id };
    // A server that keeps to no rule says no, and does it all the same.
    return deed.isRefused && this.isHonest(row.room) ? "I8 it was refused" : undefined;
  }
}

/** The number of the deed that an event bears, where its kind bears one. */
function markOf(row: Row): number | undefined {
  const content = contentOf(row);
  // What was redacted before it came bears nothing any more; it is signed, as all are.
  if (row.content === null) return undefined;
  const { body, reason, topic, content: edited } = (content ?? {}) as Record<string, unknown>;
  const text = body ?? (edited as { body?: unknown } | undefined)?.body ?? topic ?? reason;
  const found = typeof text === "string" ? /^deed (\d+)$/.exec(text) : null;
  if (found !== null) return Number(found[1]);
  // Whatever people say bears one: what does not is not theirs.
  return row.type === "swp.room.message" ? 0 : undefined;
}
