import { StairwellApiError } from "@stairwell/client";
import { members, messages } from "@stairwell/protocol/api";
import { contentOf, eventTypeOf, type Names } from "../plan/content.ts";
import type { Making, Plan, Step } from "../plan/plan.ts";
import { patiently } from "../server/patiently.ts";
import type { Message } from "../server/room.ts";
import type { Signed } from "../server/sign-in.ts";
import { RefusedLine } from "./refused-line.ts";

/** Where a plan is carried out, and by whom. */
export interface Stage {
  readonly plan: Plan;
  readonly roomId: string;
  /** By nick. */
  readonly people: ReadonlyMap<string, Signed>;
  /** Ends what is under way. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the calls of a plan's steps, and remembers the ids of their events. Every call may be made again when nobody
 * knows whether it took effect: a send bears its line's id as `event_uuid` (EV1), a join or leave that holds changes
 * nothing (MB8).
 */
export class Acts {
  readonly #stage: Stage;
  readonly #eventIds: string[];
  readonly #names: Names;
  /** Places of the events that are replied to: the calls that make joins and leaves do not tell their ids. */
  readonly #repliedTo: ReadonlySet<number>;

  constructor(stage: Stage, eventIds: readonly string[]) {
    this.#stage = stage;
    this.#eventIds = [...eventIds];
    this.#names = {
      participantOf: (nick) => stage.people.get(nick)!.participantId,
      eventAt: (place) => this.#eventIds[place]!,
    };
    this.#repliedTo = new Set(stage.plan.events.flatMap(({ replyTo }) => replyTo ?? []));
  }

  /** `RefusedLine` when the server refuses. */
  async carryOut(step: Step): Promise<void> {
    const who = this.#stage.people.get(step.nick)!;
    try {
      await patiently(() => this.#call(step, who), this.#stage.signal);
    } catch (error) {
      if (error instanceof StairwellApiError) throw new RefusedLine(step, error);
      throw error;
    }
  }

  async #call(step: Step, who: Signed): Promise<void> {
    if (step.act === "join" || step.act === "leave") return this.#pass(step, who);
    const { client } = who;
    const made = step as Making;
    const { data } = await client.request(messages.sendMessage, {
      params: { room_id: this.#stage.roomId },
      body: { content: contentOf(made, this.#names), event_type: eventTypeOf(made), event_uuid: step.line.id },
    });
    this.#eventIds[made.event] = data.id;
  }

  async #pass(step: Step, who: Signed): Promise<void> {
    const params = { room_id: this.#stage.roomId };
    if (step.act === "join") await who.client.request(members.joinRoom, { params });
    else await this.#leave(step, who);
    if (step.event !== undefined && this.#repliedTo.has(step.event)) {
      this.#eventIds[step.event] = (await this.#newestPassage(who)).id;
    }
  }

  async #leave({ line, event }: Step, { client }: Signed): Promise<void> {
    const { type, text } = line;
    try {
      await client.request(members.leaveRoom, {
        params: { room_id: this.#stage.roomId },
        ...(type === "leave" && text !== undefined && { body: { reason: text } }),
      });
    } catch (error) {
      // Whoever never was in the room cannot leave it; one who has left may say so again.
      const isOutside = error instanceof StairwellApiError && error.status === 403 && event === undefined;
      if (!isOutside) throw error;
    }
  }

  /** The last join or leave of somebody who just joined or left: it is among the newest events. */
  async #newestPassage({ participantId, client }: Signed): Promise<Message> {
    const walk = client.rows(messages.listMessages, {
      params: { room_id: this.#stage.roomId },
      query: { direction: "back", limit: 10 },
    });
    for await (const event of walk) {
      if (event.sender_id === participantId && event.event_type === eventTypeOf({ act: "join" })) return event;
    }
    throw new Error("a join or leave that was answered is not in the room's history");
  }
}
