import type { DataOf, members } from "@stairwell/protocol/api";
import { asOf, type MemberState } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";
import { wireTimeOrNull } from "../lib/clock.ts";
import { type Identities, summaryView } from "../participants/index.ts";
import { findMarker, settingsView } from "../reading/index.ts";
import type { ListedMember } from "../state/index.ts";

export type MemberView = DataOf<typeof members.joinRoom>;

export interface MemberViewParts {
  reader: Reader;
  identities: Identities;
  /** Whose own row also shows their settings. */
  viewerNo: number;
  now: number;
}

/** A member, or somebody who has no row because they never were in the room nor barred from it. */
type Row = Omit<ListedMember, "member"> & { readonly member: MemberState | undefined };

/** Members as others see them; the viewer's own row with their mode and mute. */
export async function memberViews(
  { reader, identities, viewerNo, now }: MemberViewParts,
  ref: RoomRef,
  rows: readonly Row[],
): Promise<MemberView[]> {
  const views: MemberView[] = [];
  for (const { participantNo, member, person: seen } of rows) {
    const own = participantNo === viewerNo ? await findMarker(reader, ref, viewerNo) : undefined;
    const inviter = member?.invitedBy && (await identities.byFqid(reader, ref.tenantNo, member.invitedBy));
    const person = summaryView(seen);
    views.push({
      participant_id: person.id,
      ...standingView(asOf(member, now)),
      invited_by: inviter ? inviter.participantId : null,
      participant: person,
      ...(own && settingsView(own, now)),
    });
  }
  return views;
}

function standingView(member: MemberState | undefined) {
  return {
    // The wire has no word for never; both are out and free to be invited.
    membership: member?.membership ?? "leave",
    power_level: member?.powerLevel ?? 0,
    joined_at: wireTimeOrNull(member?.joinedAt ?? null),
    reason: member?.reason ?? null,
    cause: member?.cause ?? null,
    ban_expires_at: wireTimeOrNull(member?.banExpiresAt ?? null),
    ...(member?.leaving === true && { leaving: true as const }),
  };
}
