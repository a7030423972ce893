import { StairwellError } from "@stairwell/protocol";
import type { Membership } from "@stairwell/protocol/room";
import type { Db } from "../../db/index.ts";
import { allMembers, findRoom } from "../../state/index.ts";
import type { WireMembers, WireState } from "@stairwell/protocol/federation";
import { findDelivery, findHandoverOf } from "../rows/deliveries.store.ts";
import { memberPage } from "./hand-over.ts";
import type { Proposer } from "./proposer.ts";

/** Bytes of members in one answer, which may have a mebibyte in all (FD21), and how many there are at the most. */
const MOST_BYTES = 900 * 1024;
const MOST = 5000;
const MOST_LISTED = 2000;

/**
 * A page of the members of the state that a server was handed with its first join, as of its position, until the server has
 * confirmed anything of the log. `SW_ROOM_NOT_FOUND` for everything else.
 */
export function handedMembersPage(
  db: Db,
  { tenant, serverName }: Pick<Proposer, "tenant" | "serverName">,
  roomId: string,
  { position, after }: { readonly position: number; readonly after: string },
): Promise<WireMembers> {
  return db.snapshot(async (reader) => {
    const stored = await findRoom(reader, tenant.tenantNo, roomId);
    const isOurs = stored?.hub === tenant.serverName && stored.room.federated;
    const text = isOurs ? await findHandoverOf(reader, stored, serverName) : undefined;
    const state = text === undefined ? undefined : (JSON.parse(text) as WireState);
    if (stored === undefined || state?.position !== position) throw new StairwellError("SW_ROOM_NOT_FOUND");
    return memberPage(reader, stored, state, after, { most: MOST, bytes: MOST_BYTES });
  });
}

export interface SharedMember {
  readonly fqid: string;
  readonly membership: Membership;
  readonly power_level: number;
}

/** A page of who is in a room now, for a server that shares it: joined and invited, by FQID. `SW_ROOM_NOT_FOUND`. */
export function sharedMembers(
  db: Db,
  { tenant, serverName }: Pick<Proposer, "tenant" | "serverName">,
  roomId: string,
  after: string,
): Promise<{ members: SharedMember[]; next: string | null }> {
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
    const listed = present
      .filter(({ fqid }) => fqid > after)
      .map(({ fqid, membership, powerLevel }) => ({ fqid, membership, power_level: powerLevel }))
      .sort((a, b) => (a.fqid < b.fqid ? -1 : 1));
    // An FQID has at most some 320 bytes: two thousand of them fit.
    const page = listed.slice(0, MOST_LISTED);
    return { members: page, next: page.length < listed.length ? page.at(-1)!.fqid : null };
  });
}
