import type { Person } from "@stairwell/testing";

/** An event as a test expects it in the history. */
export interface Expected {
  event_type: string;
  /** Null: the server itself. */
  sender: Person | null;
  content: Record<string, unknown>;
  /** Index, among the events expected together, of the one that caused it. */
  causedBy?: number;
}

const member = (sender: Person, who: Person, content: Record<string, unknown>): Expected => ({
  event_type: "swp.room.member",
  sender,
  content: { participant: who.id, ...content },
});

export const invited = (who: Person, by: Person, more: Record<string, unknown> = {}): Expected =>
  member(by, who, { membership: "invite", invited_by: by.id, ...more });

export const joined = (who: Person): Expected => member(who, who, { membership: "join" });

export const left = (who: Person, more: Record<string, unknown> = {}): Expected =>
  member(who, who, { membership: "leave", cause: "left", ...more });

export const removed = (who: Person, by: Person, cause: string, more: Record<string, unknown> = {}): Expected =>
  member(by, who, { membership: "leave", cause, ...more });

export const banned = (who: Person, by: Person, more: Record<string, unknown> = {}): Expected =>
  member(by, who, { membership: "ban", ...more });

export const power = (who: Person, level: number, by: Person | null = null): Expected => ({
  event_type: "swp.room.power",
  sender: by,
  content: { participant: who.id, power_level: level },
});

export const state = (to: string, by: Person | null = null, more: Record<string, unknown> = {}): Expected => ({
  event_type: "swp.room.state",
  sender: by,
  content: { state: to, ...more },
});

/** The same event as one that follows by itself from another of the same command: the first, unless told. */
export const automatic = (event: Expected, causedBy = 0): Expected => ({ ...event, sender: null, causedBy });
