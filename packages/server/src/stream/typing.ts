import { STREAM } from "@stairwell/protocol/stream";
import { StairwellError } from "@stairwell/protocol";
import { objection } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { ReadStore } from "../db/index.ts";
import { allowed, findFacts } from "../state/index.ts";
import { jsonFrame } from "./frame.ts";
import type { Hub } from "./hub.ts";

/** Who is typing where; told to the others of the room, and cleared after 4 s unless said again (ST5). */
export class Typing {
  readonly #db: ReadStore;
  readonly #hub: Hub;
  readonly #now: () => number;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(db: ReadStore, hub: Hub, now: () => number) {
    this.#db = db;
    this.#hub = hub;
    this.#now = now;
  }

  /** Refused as a message would be: only who may send may be seen typing. */
  async set(actor: Actor, roomId: string, typing: boolean): Promise<void> {
    const { facts, stored } = await findFacts(this.#db, actor, this.#now(), roomId);
    allowed(objection(facts, "send"));
    if (stored === undefined) throw new StairwellError("SW_ROOM_NOT_FOUND");
    const key = `${stored.tenantNo}:${stored.roomNo}:${actor.participantNo}`;
    const wasTyping = this.#timers.has(key);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const tell = (is: boolean): void => {
      const frame = jsonFrame({ type: "typing", room_id: roomId, participant_id: actor.participantId, typing: is });
      for (const { who, receivers } of this.#hub.inRoom(stored)) {
        if (who.participantNo !== actor.participantNo) for (const receiver of receivers) receiver.note(frame);
      }
    };
    if (!typing && !wasTyping) return;
    tell(typing);
    if (!typing) return;
    const clear = (): void => {
      this.#timers.delete(key);
      tell(false);
    };
    this.#timers.set(key, setTimeout(clear, STREAM.typingMs).unref());
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
