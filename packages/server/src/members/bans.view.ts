import type { DataOf, members } from "@stairwell/protocol/api";
import type { Reader } from "../db/index.ts";
import { findEventAt, type RoomRef } from "../events/index.ts";
import { wireTime, wireTimeOrNull } from "../lib/clock.ts";
import { type Identities, summaryView } from "../participants/index.ts";
import type { ListedMember } from "../state/index.ts";

/** Bans as moderators see them. By whom and when, the event says that made the row what it is. */
export async function banViews(
  reader: Reader,
  identities: Identities,
  ref: RoomRef,
  rows: readonly ListedMember[],
): Promise<DataOf<typeof members.listBans>> {
  const views: DataOf<typeof members.listBans> = [];
  for (const { member, person } of rows) {
    const event = (await findEventAt(reader, ref, member.position))!;
    const by = event.sender === null ? undefined : await identities.byFqid(reader, ref.tenantNo, event.sender);
    const participant = summaryView(person);
    views.push({
      participant_id: participant.id,
      reason: member.reason,
      expires_at: wireTimeOrNull(member.banExpiresAt),
      banned_by: by?.participantId ?? null,
      banned_at: wireTime(event.hubTs),
      participant,
    });
  }
  return views;
}
