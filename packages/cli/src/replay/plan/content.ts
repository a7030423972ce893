import { MEMBER, MESSAGE } from "@stairwell/protocol/room";
import type { Making } from "./plan.ts";

/** What a content refers to. */
export interface Names {
  participantOf(nick: string): string;
  eventAt(place: number): string;
}

export function eventTypeOf({ act }: Pick<Making, "act">): string {
  if (act === "nick") return "irc.nick";
  return act === "join" || act === "leave" ? MEMBER : MESSAGE;
}

/** The content of a step's event: of messages and nick events as it is sent, of joins and leaves as the server makes it. */
export function contentOf(step: Making, names: Names): Record<string, unknown> {
  const { act, line, nick } = step;
  switch (act) {
    case "join":
      return { participant: names.participantOf(nick), membership: "join" };
    case "leave":
      return {
        participant: names.participantOf(nick),
        membership: "leave",
        cause: "left",
        ...(line.text !== undefined && { reason: line.text }),
      };
    case "nick":
      return { from: nick, to: line.text };
    default:
      return {
        msgtype: act === "action" ? "swp.emote" : "swp.text",
        body: line.text,
        ...(step.mention !== undefined && { mentions: [names.participantOf(step.mention)] }),
        ...(step.replyTo !== undefined && { reply_to_event_id: names.eventAt(step.replyTo) }),
      };
  }
}
