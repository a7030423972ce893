import type { Fqid } from "@stairwell/protocol";
import type { BundlePerson } from "@stairwell/protocol/bundle";
import type { Membership } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** Somebody who is, was, or was to be a member: events name nobody else. */
export interface Known {
  readonly participantNo: number;
  readonly person: BundlePerson;
  readonly membership: Membership;
  readonly powerLevel: number;
  /** Unix milliseconds. */
  readonly joinedAt: number | null;
}

interface Row {
  participant_no: number;
  fqid: Fqid;
  display_name: string;
  participant_type: BundlePerson["participant_type"];
  membership: Membership;
  power_level: number;
  joined_at: number | null;
}

/** Everybody with a member row, after a participant's number. */
export async function listKnown(
  reader: Reader,
  { tenantNo, roomNo }: RoomRef,
  after: number,
  limit: number,
): Promise<Known[]> {
  const rows = await reader.all<Row>(
    `SELECT m.participant_no, p.fqid, p.display_name, p.participant_type, m.membership, m.power_level, m.joined_at
     FROM members m JOIN participants p ON p.tenant_no = m.tenant_no AND p.participant_no = m.participant_no
     WHERE m.tenant_no = $1 AND m.room_no = $2 AND m.participant_no > $3 ORDER BY m.participant_no LIMIT $4`,
    tenantNo,
    roomNo,
    after,
    limit,
  );
  return rows.map((row) => ({
    participantNo: row.participant_no,
    person: { fqid: row.fqid, display_name: row.display_name, participant_type: row.participant_type },
    membership: row.membership,
    powerLevel: row.power_level,
    joinedAt: row.joined_at,
  }));
}
