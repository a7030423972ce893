import type { Fqid } from "@stairwell/protocol";
import type { Actor } from "../../src/auth/index.ts";
import type { Book, Deed } from "./book.ts";
import { type Asked, call, type Outcome } from "./call.ts";
import { messagesIn, peopleIn, roomsOf, type Seen } from "./rows.ts";
import type { SimServer } from "./server.ts";
import type { World } from "./world.ts";

/** What is an administrator's to ask, who is the first of a server's people. */
const ADMINS = new Set(["federateRoom", "inviteFederated", "backfillRoom"]);
const SAID = new Set(["sendMessage"]);
/** So often somebody tries again what they have learned nothing of. */
const MOST_TRIES = 4;

/** What somebody was told is kept, and nobody knows yet what becomes of it. */
export interface Pending {
  readonly server: SimServer;
  readonly deed: Deed;
  readonly id: string;
  /** They may think better of it, and stay. */
  readonly isLeave: boolean;
}

/** People who do whatever comes to their mind, and hold their servers to what those answer. */
export class People {
  readonly #world: World;
  readonly #book: Book;
  /** Everybody's FQID. */
  readonly #everybody: readonly Fqid[];
  readonly pending: Pending[] = [];
  /** What each kind of answer came to, for whoever wants to know what a world is worth. */
  readonly counts = new Map<string, number>();
  /** Calls that nobody has answered yet. */
  underWay = 0;

  constructor(world: World, book: Book, everybody: readonly Fqid[]) {
    this.#world = world;
    this.#book = book;
    this.#everybody = everybody;
  }

  /** Somebody of a server does something. */
  act(server: SimServer): void {
    const { random } = this.#world;
    const all = server.people.map((who) => ({ who, rooms: roomsOf(server, who.participantNo) }));
    const busy = all.filter(({ rooms }) => rooms.length > 0);
    const { who, rooms } = random.pick(busy.length > 0 && random.chance(0.95) ? busy : all);
    const isIn = rooms.filter(({ membership }) => membership === "join");
    const deed = this.#book.deed(who.fqid);
    const asked =
      rooms.length === 0 || random.chance(this.#world.isWide ? 0.06 : 0.02)
        ? this.#alone(server, deed)
        : random.chance(0.8) && isIn.length > 0
          ? this.#inside(server, who, random.pick(isIn), deed)
          : this.#outside(server, who, random.pick(rooms), deed);
    const isAdminsAffair = ADMINS.has(asked.operationId) && random.chance(0.9);
    const by = isAdminsAffair ? server.people[0]! : who;
    deed.by = by.fqid;
    void this.#ask(server, by, deed, asked, 1);
    if (asked.operationId === "inviteMember" && random.chance(0.5)) this.#crowd(server, asked);
  }

  /** Others of the same server ask for the same at the same moment. */
  #crowd(server: SimServer, asked: Asked): void {
    for (const who of server.people) {
      const deed = this.#book.deed(who.fqid);
      const body = { ...asked.body, reason: `deed ${deed.number}` };
      void this.#ask(server, who, deed, { ...asked, body, key: undefined }, 1);
    }
  }

  /** Somebody asks for something, and again where they learn nothing of it. */
  async #ask(server: SimServer, who: Actor, deed: Deed, asked: Asked, nth: number): Promise<void> {
    const { schedule, random } = this.#world;
    const what = `${deed.number} ${who.fqid} ${asked.operationId} ${Object.values(asked.params ?? {}).join(" ")}`;
    schedule.trace.say(`asks ${what} ${nth > 1 ? `again` : ""}`);
    this.underWay++;
    // Whoever asks again wants it done after all.
    deed.isRefused = false;
    let outcome: Outcome;
    try {
      outcome = await call(server, who, asked);
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
    if (!this.#world.isEvil(server.name)) this.#learn(server, deed, asked, outcome, nth);
    const isDone = outcome.kind === "done" && nth === 1 && random.chance(0.1);
    if ((outcome.kind !== "unknown" && !isDone) || nth >= MOST_TRIES || asked.key === undefined) return;
    schedule.after(random.int(500, 20_000), "", () => void this.#ask(server, who, deed, asked, nth + 1));
  }

  #learn(server: SimServer, deed: Deed, asked: Asked, outcome: Outcome, nth: number): void {
    switch (outcome.kind) {
      case "done": {
        if (asked.operationId === "openFederatedDm") this.#opened(outcome.data as { id: string; hub: string });
        if (!SAID.has(asked.operationId)) return;
        const { id } = outcome.data as { id: string };
        if (deed.event?.id !== id)
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

  #alone(server: SimServer, deed: Deed): Asked {
    const { random, isWide } = this.#world;
    const elsewhere = this.#everybody.filter((fqid) => !fqid.endsWith(`:${server.name}`));
    // Few, so that they meet: two of them at once, or again where one has left.
    if (isWide && random.chance(0.7))
      return this.#with(deed, "openFederatedDm", {}, { fqid: random.pick(elsewhere.slice(0, 3)) });
    return this.#with(deed, "createRoom", {}, { room_type: "group", name: `Room ${deed.number}` });
  }

  /** Something that members do. */
  #inside(server: SimServer, who: Actor, { room_id }: Seen, deed: Deed): Asked {
    const { random } = this.#world;
    const mark = `deed ${deed.number}`;
    const others = peopleIn(server, room_id).filter(({ fqid }) => fqid !== who.fqid);
    const messages = messagesIn(server, room_id, 5);
    const ask = (operationId: string, params: object, body: object): Asked =>
      this.#with(deed, operationId, { room_id, ...params }, body);
    const chosen = random.int(1, 100);
    const someone = others.length === 0 ? undefined : random.pick(others);
    if (messages.length > 0 && chosen <= 24) {
      const event = { event_id: random.pick(messages) };
      if (chosen <= 8) return ask("editEvent", event, { content: { body: mark } });
      if (chosen <= 18) return ask("addReaction", event, { emoji: random.pick(["👍", "🎉"]) });
      return ask("redactEvent", event, { reason: mark });
    }
    if (someone !== undefined && chosen <= 44) {
      const { id: participant_id } = someone;
      if (chosen <= 30) return ask("kickMember", {}, { participant_id, reason: mark });
      if (chosen <= 34) return ask("banMember", {}, { participant_id, reason: mark, ...this.#expiry(server) });
      if (chosen <= 36) return ask("unbanMember", {}, { participant_id });
      const level = random.pick([0, 50, 100]);
      return { ...ask("setPowerLevel", { participant_id }, { power_level: level }), key: undefined };
    }
    if (chosen <= 52) {
      const fqid = random.pick(this.#everybody.filter((one) => one !== who.fqid));
      const operationId = fqid.endsWith(`:${server.name}`) || random.chance(0.5) ? "inviteMember" : "inviteFederated";
      return ask(operationId, {}, { fqid, reason: mark });
    }
    if (chosen <= 54) return ask("leaveRoom", {}, { reason: mark });
    if (chosen <= 57) return { ...ask("setRoomTopic", {}, { topic: mark }), key: undefined };
    if (chosen === 58) return ask(random.pick(["archiveRoom", "rejoinRoom"]), {}, {});
    if (chosen === 59 && random.chance(0.3)) return ask("closeRoom", {}, {});
    if (chosen === 60) return { ...ask("federateRoom", {}, { enabled: random.chance(0.7) }), key: undefined };
    if (chosen === 61) return { ...ask("backfillRoom", {}, { limit: random.int(1, 50) }), key: undefined };
    const event_uuid = random.chance(0.5) ? { event_uuid: `uuid-${deed.number}` } : {};
    const reply = messages.length > 0 && random.chance(0.1) ? { reply_to_event_id: random.pick(messages) } : {};
    return ask("sendMessage", {}, { content: { body: mark, ...reply }, ...event_uuid });
  }

  /** Something that whoever is not in tries. */
  #outside(_server: SimServer, _who: Actor, { room_id, membership }: Seen, deed: Deed): Asked {
    const { random } = this.#world;
    if (membership === "invite" && random.chance(0.2)) {
      return this.#with(deed, "leaveRoom", { room_id }, { reason: `deed ${deed.number}` });
    }
    if (random.chance(0.75))
      return this.#with(deed, random.pick(["joinRoom", "joinRoom", "rejoinRoom"]), { room_id }, {});
    return this.#with(deed, "sendMessage", { room_id }, { content: { body: `deed ${deed.number}` } });
  }

  #with(deed: Deed, operationId: string, params: object, body: object): Asked {
    const key = this.#world.random.chance(0.7) ? `key-${deed.number}` : undefined;
    return { operationId, params: params as Record<string, string>, body, key };
  }

  #expiry(server: SimServer): object {
    const { random } = this.#world;
    if (random.chance(0.5)) return {};
    return { expires_at: new Date(server.now() + random.int(5000, 120_000)).toISOString() };
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}
