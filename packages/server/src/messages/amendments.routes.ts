import { cleanEmoji, type JsonObject } from "@stairwell/protocol";
import { messages as routes } from "@stairwell/protocol/api";
import { decide, type RoomCommand } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import type { Receipt } from "../receipts/index.ts";
import { amend, type Amendment } from "./amend.ts";
import { edit } from "./edit.ts";
import { eventJson, reactionsOfJson } from "./event-json.ts";
import type { MessageParts } from "./messages.routes.ts";

/** Edits, redactions and reactions: all answer what their event is then. */
export function amendmentRoutes(parts: MessageParts): Endpoint[] {
  interface Place {
    room_id: string;
    event_id: string;
  }

  /** What changed nothing is given back what the door took for it. */
  const charged = async (actor: Actor, amending: Promise<Amendment>): Promise<Amendment> => {
    const amendment = await amending;
    if (amendment.appended !== 1) parts.charge(actor, amendment.appended - 1);
    return amendment;
  };
  const eventOf = async ({ actor }: { actor: Actor }, { ref }: Pick<Amendment, "ref">) => ({
    json: await eventJson(parts, actor, ref.room_id, ref.event_id),
  });
  const reactionsOf = async ({ actor }: { actor: Actor }, { ref }: Pick<Amendment, "ref">) => ({
    json: await reactionsOfJson(parts, actor, ref.room_id, ref.event_id),
  });
  const act = (
    actor: Actor,
    receipt: Receipt | undefined,
    place: Place,
    what: RoomCommand,
    needs: { emoji?: string; isModeration?: boolean } = {},
  ) =>
    charged(
      actor,
      amend(parts, actor, receipt, place, needs, (_, { facts }) => decide(facts, what)),
    );
  const react = (
    { actor, params }: { actor: Actor; params: Place },
    receipt: Receipt | undefined,
    given: string,
    action: "add" | "remove",
  ) => {
    const emoji = cleanEmoji(given, "/emoji");
    return act(actor, receipt, params, { kind: "react", emoji, action }, { emoji });
  };

  return [
    command(
      routes.editEvent,
      ({ actor, params, body }, receipt) =>
        charged(actor, edit(parts, actor, receipt, params, body.content as JsonObject)),
      eventOf,
    ),
    command(
      routes.redactEvent,
      ({ actor, params, body }, receipt) =>
        act(
          actor,
          receipt,
          params,
          { kind: "redact", ...(body.reason && { reason: body.reason }) },
          { isModeration: true },
        ),
      eventOf,
    ),
    command(routes.addReaction, (asked, receipt) => react(asked, receipt, asked.body.emoji, "add"), reactionsOf),
    reply(routes.removeReaction, async (asked) =>
      reactionsOf(asked, await react(asked, undefined, asked.query.emoji, "remove")),
    ),
  ];
}
