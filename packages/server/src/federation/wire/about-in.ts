import { type JsonObject, parseJson } from "@stairwell/protocol";
import { MEMBER, type MemberContent, POWER_LEVEL } from "@stairwell/protocol/room";
import type { CameEvent } from "../../events/index.ts";

/** What an event says of somebody's membership or power; undefined of all others, and where its content is not here. */
export function aboutIn({ eventType, content }: CameEvent): Partial<MemberContent> | undefined {
  if ((eventType !== MEMBER && eventType !== POWER_LEVEL) || content === null) return undefined;
  return parseJson(content) as JsonObject as Partial<MemberContent>;
}
