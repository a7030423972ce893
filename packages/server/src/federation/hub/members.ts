import { StairwellError } from "@stairwell/protocol";
import type { Membership } from "@stairwell/protocol/room";
import type { Db } from "../../db/index.ts";
import { allMembers, findRoom } from "../../state/index.ts";
import { findDelivery } from "../deliveries.store.ts";
import type { Proposer } from "./submit.ts";

export interface SharedMember {
  readonly fqid: string;
  readonly membership: Membership;
  readonly power_level: number;
}

/** Who is in a room, for a server that shares it: joined and invited, by FQID. `SW_ROOM_NOT_FOUND`. */
export function sharedMembers(
  db: Db,
  { tenant, serverName }: Pick<Proposer, "tenant" | "serverName">,
  roomId: string,
): Promise<{ members: SharedMember[] }> {
  return db.snapshot(async (reader) => {
    const stored = await findRoom(reader, tenant.tenantNo, roomId);
    const delivery = stored && (await findDelivery(reader, stored, serverName));
    if (
      stored?.hub !== tenant.serverName ||
      !stored.room.federated ||
      delivery === undefined ||
      delivery.joined === 0
    ) {
      throw new StairwellError("SW_ROOM_NOT_FOUND");
    }
    const members = (await allMembers(reader, stored)).map(({ member }) => member);
    const present = members.filter(({ membership }) => membership === "join" || membership === "invite");
    return {
      members: present
        .map(({ fqid, membership, powerLevel }) => ({ fqid, membership, power_level: powerLevel }))
        .sort((a, b) => (a.fqid < b.fqid ? -1 : 1)),
    };
  });
}
