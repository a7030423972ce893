import { isMuted, type NotificationMode, type NotificationSettings } from "@stairwell/protocol/room";
import type { DataOf, reading } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";
import { wireTimeOrNull } from "../lib/clock.ts";
import { accessOwn } from "./access-own.ts";
import { findMarker, updateSettings } from "./reading.store.ts";

export interface ChangeSettingsParts {
  db: Db;
  /** Told when settings changed, after the commit: the live filter and the person's other devices want to know (RD5). */
  onSettings: (actor: Actor, at: RoomRef, settings: NotificationSettings) => void;
}

/** A mode, or the end of a mute: Unix milliseconds, null for none. */
export type SettingsChange = { mode: NotificationMode } | { mutedUntil: number | null };

/** Changes how the caller wants to hear of a room (RD3). What holds already changes nothing and is told to nobody. */
export function changeSettings(
  { db, onSettings }: ChangeSettingsParts,
  actor: Actor,
  roomId: string,
  change: SettingsChange,
): Promise<NotificationSettings> {
  return db.write({ tenantNo: actor.tenant.tenantNo, room: roomId }, async (tx) => {
    const at = await accessOwn(tx, actor, tx.now, roomId, "RD3");
    const { mode, mutedUntil } = (await findMarker(tx, at, actor.participantNo))!;
    const before = { mode, mutedUntil: isMuted(mutedUntil, tx.now) ? mutedUntil : null };
    const after = { ...before, ...change };
    if (after.mode === before.mode && after.mutedUntil === before.mutedUntil) return before;
    await updateSettings(tx, at, actor.participantNo, after);
    tx.afterCommit(() => onSettings(actor, at, after));
    return after;
  });
}

/** Settings on the wire. A mute that has passed reads null, at that instant and with no sweep (RD3). */
export function settingsView(
  { mode, mutedUntil }: NotificationSettings,
  now: number,
): DataOf<typeof reading.setNotificationMode> {
  return { notification_mode: mode, muted_until: isMuted(mutedUntil, now) ? wireTimeOrNull(mutedUntil) : null };
}
