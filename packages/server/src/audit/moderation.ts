import { type Fqid, isServerFqid } from "@stairwell/protocol";
import { MEMBER, POWER_LEVEL, REDACTION, STATE, VISIBILITY } from "@stairwell/protocol/room";
import type { AuditEntry } from "./entry.ts";

/** One event of a room's log, as far as moderation goes. */
export interface LoggedAct {
  readonly eventType: string;
  readonly sender: Fqid | null;
  readonly imported: boolean;
  readonly content: Readonly<Record<string, unknown>>;
  /** The member it is about, as they were before it. */
  readonly before: { readonly invitedBy: Fqid | null; readonly powerLevel: number } | undefined;
}

const TYPES: ReadonlySet<string> = new Set([MEMBER, POWER_LEVEL, STATE, VISIBILITY, REDACTION]);

/** Whether events of a type can be moderation at all: most events are messages, and need no second look. */
export function mayModerate(eventType: string): boolean {
  return TYPES.has(eventType);
}

export type Moderation = Required<Pick<AuditEntry, "action" | "actor">> & Pick<AuditEntry, "target" | "details">;

/**
 * What an event says of moderation, if anything. What the server does by itself is no act of anybody's: the heir's
 * power, the last leaver's archive. What an administrator has it do is recorded where they do it.
 * `authorOf` is asked for the author of a message that is redacted: redacting one's own is no moderation.
 */
export async function moderationIn(
  act: LoggedAct,
  authorOf: (eventId: string) => Promise<Fqid | null | undefined>,
): Promise<Moderation | undefined> {
  const { sender: actor, content } = act;
  if (actor === null || act.imported || isServerFqid(actor)) return undefined;
  switch (act.eventType) {
    case MEMBER:
      return memberAct(act, actor);
    case POWER_LEVEL:
      return {
        action: "member.power",
        actor,
        target: content.participant as Fqid,
        details: { power_level: content.power_level, before: act.before?.powerLevel ?? 0 },
      };
    case STATE:
      return { action: STATE_ACTIONS[content.state as keyof typeof STATE_ACTIONS], actor };
    case VISIBILITY:
      return { action: "room.visibility", actor, details: { is_public: content.is_public } };
    case REDACTION: {
      const author = await authorOf(content.event_id as string);
      if (author === actor) return undefined;
      return {
        action: "event.redact",
        actor,
        target: author ?? undefined,
        details: { redacted_event_id: content.event_id },
      };
    }
    default:
      return undefined;
  }
}

const STATE_ACTIONS = { archived: "room.archive", closed: "room.close", open: "room.restore" } as const;

function memberAct({ content, before }: LoggedAct, actor: Fqid): Moderation | undefined {
  const target = content.participant as Fqid;
  if (content.membership === "ban") {
    return { action: "member.ban", actor, target, details: { expires_at: content.expires_at ?? null } };
  }
  switch (content.cause) {
    case "kicked":
      return { action: "member.kick", actor, target };
    case "unbanned":
      return { action: "member.unban", actor, target };
    case "revoked":
      // Taking back one's own invite is no power over anybody.
      return before?.invitedBy === actor ? undefined : { action: "member.revoke", actor, target };
    default:
      return undefined;
  }
}
