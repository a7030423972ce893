import type { Fqid } from "@stairwell/protocol";
import type { Actor } from "../../src/auth/index.ts";
import type { Book, Deed } from "./book.ts";
import { type Asked, call, type Outcome } from "./call.ts";
import { sha256Of } from "./files.ts";
import type { Ask } from "./plan.ts";
import { conflictsAt, filesIn, isWiped, messagesIn, peopleIn, roomsOf, saidOf } from "./rows.ts";
import type { SimServer } from "./server.ts";
import type { World } from "./world.ts";

const SAID = new Set(["sendMessage"]);
/** What bears the number of its deed as its reason. */
const REASONED = new Set(["redactEvent", "kickMember", "banMember", "inviteMember", "inviteFederated", "leaveRoom"]);
/** What is of a message, by its id in the path. */
const OF_A_MESSAGE = new Set(["editEvent", "addReaction", "redactEvent"]);
const OF_A_MEMBER = new Set(["kickMember", "banMember", "unbanMember", "setPowerLevel"]);

/** What somebody was told is kept, and nobody knows yet what becomes of it. */
export interface Pending {
  readonly server: SimServer;
  readonly deed: Deed;
  readonly id: string;
  /** They may think better of it, and stay. */
  readonly isLeave: boolean;
}

/** Somebody, their server, and what they have asked for. */
interface Case {
  readonly server: SimServer;
  readonly who: Actor;
  readonly ask: Ask;
  readonly deed: Deed;
  readonly asked: Asked;
  /** The medium that the message names, once it is there. */
  mediaId?: string;
}

/** People who do what the plan says, and hold their servers to what those answer. */
export class People {
  readonly #world: World;
  readonly #book: Book;
  readonly pending: Pending[] = [];
  /** What each kind of answer came to, for whoever wants to know what a world is worth. */
  readonly counts = new Map<string, number>();
  /** When somebody last had something learned of a new name of theirs, by virtual time. */
  readonly renamed = new Map<Fqid, number>();
  /** Calls that nobody has answered yet. */
  underWay = 0;

  constructor(world: World, book: Book) {
    this.#world = world;
    this.#book = book;
  }

  /** Somebody asks for something; nothing where their server is down, or there is nothing of the kind. */
  act(ask: Ask): void {
    const { schedule, servers } = this.#world;
    const server = servers.find(({ name }) => ask.who === name || ask.who.endsWith(`:${name}`));
    if (server === undefined || !server.isUp) return;
    const at = this.#place(server, ask);
    const body = at && this.#resolved(server, at.room, ask);
    if (body === undefined) return schedule.trace.say(`${ask.who} has nothing to ${ask.call}`);
    const { who } = at!;
    const all = ask.crowd === undefined ? [who] : [who, ...server.people.filter((one) => one !== who)];
    for (const one of all) {
      const deed = this.#book.deed(one.fqid);
      void this.#ask({ server, who: one, ask, deed, asked: body(deed) }, 1);
    }
  }

  /** Who asks, and in which room; undefined where nobody has one of the kind. */
  #place(
    server: SimServer,
    { who: name, room, outside, call: operationId }: Ask,
  ): { who: Actor; room?: string } | undefined {
    const able = server.people.filter(({ fqid }) => name === server.name || fqid === name);
    if (operationId === "chooseBranch") {
      const [frozen] = conflictsAt(server);
      return able[0] && frozen && { who: able[0], room: frozen.room };
    }
    if (room === undefined) return able[0] && { who: able[0] };
    const places = able.flatMap((who) =>
      roomsOf(server, who.participantNo)
        .filter(({ membership }) => (membership === "join") === (outside === undefined))
        .map(({ room_id, membership }) => ({ who, room: room_id, membership })),
    );
    const invited = places.filter(({ membership }) => membership === "invite");
    const likely = operationId === "joinRoom" && invited.length > 0 ? invited : places;
    return likely[room % likely.length];
  }

  /** What it comes to now. */
  #resolved(server: SimServer, room: string | undefined, ask: Ask): ((deed: Deed) => Asked) | undefined {
    const { call: operationId, other, tries, body = {} } = ask;
    const params: Record<string, string> = {};
    const more: Record<string, unknown> = {};
    const messages: string[] = [];
    if (room !== undefined) {
      params["room_id"] = room;
      if (ask.message !== undefined) messages.push(...messagesIn(server, room, 5));
    }
    const message = messages[(ask.message ?? 0) % messages.length];
    if (operationId === "downloadMedia") {
      const files = filesIn(server, room!);
      const file = files[(ask.message ?? 0) % files.length];
      if (file === undefined) return undefined;
      return () => ({ operationId, params: { media_id: file.media } });
    }
    if (operationId === "chooseBranch") {
      const heads = conflictsAt(server).find((one) => one.room === room)!.heads;
      const choose = heads[(ask.message ?? 0) % heads.length];
      return () => ({ operationId, params, body: { choose } });
    }
    if (OF_A_MESSAGE.has(operationId)) {
      if (message === undefined) return undefined;
      params["event_id"] = message;
    }
    if (OF_A_MEMBER.has(operationId)) {
      const member = peopleIn(server, params["room_id"]!).find(({ fqid }) => fqid === other);
      if (member === undefined) return undefined;
      if (operationId === "setPowerLevel") params["participant_id"] = member.id;
      else more["participant_id"] = member.id;
    } else if (other !== undefined) more["fqid"] = other;
    const { expires_in, has_uuid, ...given } = body;
    if (typeof expires_in === "number") more["expires_at"] = new Date(server.now() + expires_in).toISOString();
    return ({ number }) => ({
      operationId,
      params,
      body: {
        ...given,
        ...more,
        ...saying(operationId, `deed ${number}`, operationId === "sendMessage" ? message : undefined),
        ...(has_uuid === true && { event_uuid: `uuid-${number}` }),
      },
      key: tries && `key-${number}`,
    });
  }

  /** Somebody asks for something, and again where they learn nothing of it. */
  async #ask(one: Case, nth: number): Promise<void> {
    const { server, who, ask, deed, asked } = one;
    const { schedule } = this.#world;
    const what = `${deed.number} ${who.fqid} ${asked.operationId} ${Object.values(asked.params ?? {}).join(" ")}`;
    schedule.trace.say(`asks ${what} ${nth > 1 ? `again` : ""}`);
    this.underWay++;
    // Whoever asks again wants it done after all.
    deed.isRefused = false;
    let outcome: Outcome;
    try {
      outcome = ask.file === undefined ? await call(server, who, asked) : await this.#withFile(one, ask.file);
    } catch (error) {
      this.#world.violated(`I36 ${what} broke down: ${(error as Error).stack}`);
      return;
    } finally {
      this.underWay--;
    }
    const told = outcome.kind === "refused" || outcome.kind === "unknown" ? outcome.code : "";
    schedule.trace.say(`hears ${what}: ${outcome.kind} ${told}`);
    this.#count(`${asked.operationId} ${outcome.kind}${told && ` ${told}`}`);
    // Nobody holds an evil server to what it tells its own people.
    if (!this.#world.isEvil(server.name)) this.#learn(one, outcome, nth);
    const wantsMore = outcome.kind === "unknown" || (ask.again === true && outcome.kind === "done" && nth === 1);
    const pause = ask.tries?.[nth - 1];
    if (wantsMore && pause !== undefined) schedule.after(pause, "", () => void this.#ask(one, nth + 1));
  }

  /** Brings the file first, once. */
  async #withFile(one: Case, file: number): Promise<Outcome> {
    const { server, who, asked } = one;
    const text = `file ${file}`;
    if (one.mediaId === undefined) {
      const brought = await call(server, who, { operationId: "uploadMedia", file: text });
      if (brought.kind !== "done") return brought;
      one.mediaId = (brought.data as { media_id: string }).media_id;
    }
    const { content } = asked.body as { content: object };
    return call(server, who, { ...asked, body: { ...asked.body, content: { ...content, media_id: one.mediaId } } });
  }

  #learn({ server, who, deed, asked }: Case, outcome: Outcome, nth: number): void {
    if (asked.operationId === "updateMe") this.renamed.set(who.fqid, this.#world.schedule.now);
    switch (outcome.kind) {
      case "done": {
        if (asked.operationId === "downloadMedia") return this.#downloaded(server, asked, outcome.data as Buffer);
        if (asked.operationId === "openFederatedDm") this.#opened(outcome.data as { id: string; hub: string });
        if (!SAID.has(asked.operationId)) return;
        const { id } = outcome.data as { id: string };
        if (deed.event?.id !== id && !isWiped(server, id))
          this.#world.violated(`I1 ${deed.number} was answered with ${id}, which is in no log`);
        return;
      }
      case "pending":
        if (!this.pending.some(({ deed: { number } }) => number === deed.number)) {
          this.pending.push({ server, deed, id: outcome.id, isLeave: asked.operationId === "leaveRoom" });
        }
        return;
      case "refused":
        return this.#refused(deed, nth);
      case "unknown":
        // FD13: what did not leave is not done, and will not be.
        if (outcome.code === "SW_FED_PEER_UNREACHABLE") this.#refused(deed, nth);
    }
  }

  /** I35: whoever reads a file has what was sent. */
  #downloaded(server: SimServer, { params }: Asked, bytes: Buffer): void {
    const said = saidOf(server, params!["media_id"]!);
    if (said !== undefined && !said.includes(sha256Of(bytes)))
      this.#world.violated(`I35 ${server.name} gives other bytes than were sent`);
  }

  #opened({ id }: { id: string }): void {
    if (this.#world.evil.size > 0 || this.#book.rooms.has(id)) return;
    this.#world.violated(`I1 the direct room ${id} was answered, which no hub has`);
  }

  /** I8: what was refused with the first try has no effect, then or later. */
  #refused(deed: Deed, nth: number): void {
    if (nth > 1) return;
    if (deed.event !== undefined && this.#book.isHonest(deed.event.room)) {
      this.#world.violated(`I8 ${deed.number} was refused, and is in a log`);
    }
    deed.isRefused = true;
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

/** The words of a deed, which bear its number wherever there is room for it. */
function saying(operationId: string, mark: string, replyTo: string | undefined): object {
  if (REASONED.has(operationId)) return { reason: mark };
  switch (operationId) {
    case "sendMessage":
      return { content: { body: mark, ...(replyTo !== undefined && { reply_to_event_id: replyTo }) } };
    case "editEvent":
      return { content: { body: mark } };
    case "setRoomTopic":
      return { topic: mark };
    case "updateMe":
      return { display_name: mark };
    case "createRoom":
      return { room_type: "group", name: `Room of ${mark}` };
    default:
      return {};
  }
}
