import type { NotificationModes } from "../api/shapes.ts";

export type NotificationMode = (typeof NotificationModes)[number];
/** What `inherit` stands for: a person's own default, which is itself never `inherit`. */
export type DefaultMode = Exclude<NotificationMode, "inherit">;

/**
 * Why somebody is told: any message by another; one that mentions them, be it by name, as the author replied to or by
 * `@room` (EV6), or an edit that newly does; an invite to them.
 */
export type NotificationReason = "message" | "mention" | "invite";

/** How one person wants to hear of one room. */
export interface NotificationSettings {
  readonly mode: NotificationMode;
  /** Unix milliseconds; null or past: not muted. */
  readonly mutedUntil: number | null;
}

/** Whether a mute holds: at its end it is over, with no sweep (RD3). */
export function isMuted(mutedUntil: number | null, now: number): boolean {
  return mutedUntil !== null && mutedUntil > now;
}

/** Whether somebody with these settings is told (RD4). That it is by another, and live, was decided before. */
export function notifies(
  { mode, mutedUntil }: NotificationSettings,
  defaultMode: DefaultMode,
  reason: NotificationReason,
  now: number,
): boolean {
  if (isMuted(mutedUntil, now)) return false;
  const meant = mode === "inherit" ? defaultMode : mode;
  return meant === "all" || (meant === "mentions" && reason !== "message");
}
