import { canonical } from "../canonical.ts";
import { invalid } from "../errors.ts";
import { type Fqid, parseFqid } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import { CREATE, DM_CONTENT, MEMBER } from "../room/index.ts";
import type { Opening, ProposedEvent } from "./wire.ts";

/** Which of two servers orders the direct room of one person of each: the one whose name sorts first (FD24). */
export function dmHubOf(one: string, other: string): string {
  return one < other ? one : other;
}

/** What somebody says who opens a direct room on the other's server: event by event, in the order of the log. */
export function openingContents(
  opener: Fqid,
  other: Fqid,
): Record<"create" | "join" | "invite", { readonly type: string; readonly content: JsonObject }> {
  return {
    create: { type: CREATE, content: DM_CONTENT },
    join: { type: MEMBER, content: { participant: opener, membership: "join" } },
    invite: { type: MEMBER, content: { participant: other, membership: "invite", invited_by: opener } },
  };
}

/**
 * Who opens a direct room, and with whom, by what was proposed: by one person, of one room, each byte for byte what such
 * an opening says. `SW_REQUEST_INVALID` where anything else is said.
 */
export function checkOpening(join: ProposedEvent, { create, invite }: Opening): { opener: Fqid; other: Fqid } {
  const opener = join.sender;
  const other = invite.content["participant"];
  if (typeof other !== "string" || parseFqid(other) === undefined || other === opener) {
    throw invalid("/opening/invite/content/participant", "must be somebody else, as @local_id:server_name");
  }
  const said = { create, join, invite };
  const due = openingContents(opener, other as Fqid);
  for (const name of ["create", "join", "invite"] as const) {
    const { event_type, sender, acted_by, room_id, content } = said[name];
    const isDue =
      event_type === due[name].type &&
      sender === opener &&
      acted_by === null &&
      room_id === join.room_id &&
      canonical(content) === canonical(due[name].content);
    if (!isDue) throw invalid(`/opening/${name}`, "is not what opens a direct room");
  }
  if (new Set([create.id, join.id, invite.id]).size < 3) throw invalid("/opening", "must be three events");
  return { opener, other: other as Fqid };
}
