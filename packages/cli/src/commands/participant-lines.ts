import type { OutputOf } from "@stairwell/server";
import { fields } from "../output.ts";

/** A participant for people to read. */
export function participantLines(who: OutputOf<"participant.create">): string[] {
  return fields({
    participant: who.fqid,
    name: who.display_name,
    type: who.participant_type,
    roles: who.roles.join(", ") || "none",
    ...(who.deactivated && { state: "deactivated" }),
    id: who.id,
  });
}
