import { STREAM } from "@stairwell/protocol/stream";
import { type Fqid, StairwellError } from "@stairwell/protocol";
import { objection } from "@stairwell/protocol/room";
import { Type } from "@stairwell/protocol/schema";
import type { Static } from "typebox";
import type { Actor } from "../auth/index.ts";
import { type Bus, type Channel, channelOf, NO_OTHERS } from "../bus/index.ts";
import type { ReadStore } from "../db/index.ts";
import { findByFqid } from "../participants/index.ts";
import { allowed, findFacts, findMember, findRoom, type StoredRoom } from "../state/index.ts";
import type { Tenant } from "../tenants/index.ts";
import { jsonFrame } from "./frame.ts";
import type { Hub } from "./hub.ts";

const Said = Type.Object({
  tenantNo: Type.Integer(),
  roomNo: Type.Integer(),
  roomId: Type.String(),
  participantNo: Type.Integer(),
  participantId: Type.String(),
  typing: Type.Boolean(),
});
type Said = Static<typeof Said>;

/** Tells the other servers of a room that one of ours is typing there. */
export type TellServers = (tenant: Tenant, at: StoredRoom, who: Fqid, typing: boolean) => void;

/**
 * Who is typing where; told to the others of the room, and cleared after 4 s unless said again (ST5). Each node clears
 * for its own listeners, so that nobody types for ever at a node that has gone.
 */
export class Typing {
  readonly #tellServers: TellServers;
  readonly #db: ReadStore;
  readonly #hub: Hub;
  readonly #now: () => number;
  readonly #elsewhere: Channel<Said>;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(db: ReadStore, hub: Hub, now: () => number, bus: Bus = NO_OTHERS, tellServers: TellServers = () => {}) {
    this.#tellServers = tellServers;
    this.#db = db;
    this.#hub = hub;
    this.#now = now;
    this.#elsewhere = channelOf(bus, "typing", Said);
    this.#elsewhere.hear((said) => this.#said(said));
  }

  /** Refused as a message would be: only who may send may be seen typing. */
  async set(actor: Actor, roomId: string, typing: boolean): Promise<void> {
    const { facts, stored } = await findFacts(this.#db, actor, this.#now(), roomId);
    allowed(objection(facts, "send"));
    if (stored === undefined) throw new StairwellError("SW_ROOM_NOT_FOUND");
    const { tenantNo, roomNo } = stored;
    const { participantNo, participantId } = actor;
    const said = { tenantNo, roomNo, roomId, participantNo, participantId, typing };
    if (!this.#said(said)) return;
    this.#elsewhere.tell(said);
    if (stored.room.federated) this.#tellServers(actor.tenant, stored, actor.fqid, typing);
  }

  /** Shows that somebody of another server is typing; of whoever is not in the room nothing is shown. */
  async show({ tenantNo }: Pick<Tenant, "tenantNo">, roomId: string, who: Fqid, typing: boolean): Promise<void> {
    const stored = await findRoom(this.#db, tenantNo, roomId);
    const person = await findByFqid(this.#db, tenantNo, who);
    const member = stored && person && (await findMember(this.#db, stored, person.participantNo));
    if (member?.membership !== "join" || !stored!.room.federated) return;
    const { participantNo, participantId } = person!;
    const said = { tenantNo, roomNo: stored!.roomNo, roomId, participantNo, participantId, typing };
    if (this.#said(said)) this.#elsewhere.tell(said);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Answers whether it changed something, or said it again. */
  #said(said: Said): boolean {
    const key = `${said.tenantNo}:${said.roomNo}:${said.participantNo}`;
    const wasTyping = this.#timers.has(key);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    if (!said.typing && !wasTyping) return false;
    this.#tell(said, said.typing);
    if (!said.typing) return true;
    const clear = (): void => {
      this.#timers.delete(key);
      this.#tell(said, false);
    };
    this.#timers.set(key, setTimeout(clear, STREAM.typingMs).unref());
    return true;
  }

  #tell(said: Said, typing: boolean): void {
    const frame = jsonFrame({ type: "typing", room_id: said.roomId, participant_id: said.participantId, typing });
    for (const { who, receivers } of this.#hub.inRoom(said)) {
      if (who.participantNo !== said.participantNo) for (const receiver of receivers) receiver.note(frame);
    }
  }
}
