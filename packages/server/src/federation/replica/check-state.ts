import { cleanName, cleanTopic, isServerFqid, parseFqid, StairwellError } from "@stairwell/protocol";
import type { WireRoom, WireState } from "@stairwell/protocol/federation";
import { POWER } from "@stairwell/protocol/room";
import type { Tx } from "../../db/index.ts";
import { findByFqid } from "../../participants/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { isWireId, isWireTime } from "../wire/wire-values.ts";
import { isShown } from "./check-meaning.ts";

/** Whether a room that an invite shows can be shown. */
export function isFit({ room_id, name, topic, creator, created_at }: WireRoom): boolean {
  return (
    isWireId(room_id) &&
    isShown(name, cleanName) &&
    isShown(topic, cleanTopic) &&
    parseFqid(creator) !== undefined &&
    isWireTime(created_at)
  );
}

/** Why a state that its hub signed can be of no room; undefined where it can. */
export function unfit({ position, room, members }: WireState): string | undefined {
  if (!isShown(room.name, cleanName) || !isShown(room.topic, cleanTopic)) return "its texts cannot be shown";
  if (parseFqid(room.creator) === undefined) return "nobody made it";
  if (![room.createdAt, room.archivedAt, room.closedAt].every(isTime)) return "its times are none";
  const seen = new Set<string>();
  for (const member of members) {
    const { fqid, invitedBy, joinedAt, banExpiresAt } = member;
    if (parseFqid(fqid) === undefined || seen.has(fqid)) return "a member is nobody, or twice";
    if (invitedBy !== null && parseFqid(invitedBy) === undefined && !isServerFqid(invitedBy)) {
      return "nobody invited a member";
    }
    if (![joinedAt, banExpiresAt].every(isTime) || member.position > position) return "a member's times are none";
    seen.add(fqid);
  }
  const joined = members.filter(({ membership }) => membership === "join");
  const counts = [
    joined.length,
    members.filter(({ membership }) => membership === "invite").length,
    joined.filter(({ powerLevel }) => powerLevel === POWER.admin).length,
  ];
  const said = [room.joinedCount, room.invitedCount, room.adminCount];
  return counts.every((count, i) => count === said[i]) ? undefined : "its counts are not those of its members";
}

/** FD15: what a hub says of our people before the first of them joined: nothing that they did not do. */
export async function checkOurs(tx: Tx, tenant: Tenant, { members }: WireState): Promise<void> {
  for (const { fqid, membership } of members) {
    if (parseFqid(fqid)?.serverName !== tenant.serverName) continue;
    if (membership !== "join" && (await findByFqid(tx, tenant.tenantNo, fqid)) !== undefined) continue;
    throw new StairwellError("SW_FED_SIGNATURE", {
      message: "The state has one of ours in the room who did not join it.",
      rule: "FD15",
    });
  }
}

function isTime(time: number | null): boolean {
  return time === null || isWireTime(time);
}
