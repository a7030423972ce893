import { StairwellError } from "@stairwell/protocol";
import type { Reader } from "../../db/index.ts";
import { type Digests, findBlobNo, findMediumByNo, type HeldMedium, isHeld } from "../../media/index.ts";
import { policyOf } from "../../peers/index.ts";
import { findRoom, type StoredRoom } from "../../state/index.ts";
import { findDelivery } from "../rows/deliveries.store.ts";
import { findFirstJoin, findNamedByOurs, hasOurs } from "./medium-refs.store.ts";
import { findReplicaState } from "../rows/replicas.store.ts";
import { sightBy } from "../wire/wire-event.ts";
import type { PeerRequest } from "./peer-request.ts";

/**
 * A medium for a server that shares a room in which somebody of ours named it (FD19). For everything that it may not have it
 * is the same: a room that is unknown, or not shared with it now; what nobody of ours named there, or what was redacted;
 * what was said before its first join, unless policy gives that. `SW_MEDIA_NOT_FOUND`.
 */
export async function sharedMedium(
  reader: Reader,
  digests: Digests,
  { tenant, serverName }: Pick<PeerRequest, "tenant" | "serverName">,
  { roomId, sha256 }: { readonly roomId: string; readonly sha256: string },
): Promise<HeldMedium> {
  const { tenantNo } = tenant;
  const stored = await findRoom(reader, tenantNo, roomId);
  const from = stored && (await readableFrom(reader, tenant, stored, serverName));
  const digest = digests.of(tenantNo, null, sha256);
  const blobNo = await findBlobNo(reader, { name: { tenantNo, blobId: "" }, roomNo: 0, digest, size: 0 });
  if (stored === undefined || from === undefined || blobNo === undefined)
    throw new StairwellError("SW_MEDIA_NOT_FOUND");
  const orImported = stored.hub === tenant.serverName;
  const mediaNo = await findNamedByOurs(reader, stored, blobNo, from, { orImported });
  const medium = mediaNo === undefined ? undefined : await findMediumByNo(reader, tenantNo, mediaNo);
  if (medium === undefined || !isHeld(medium)) throw new StairwellError("SW_MEDIA_NOT_FOUND");
  return medium;
}

/** From which position on a server may have what is said in a room that both are in; undefined where they are not. */
async function readableFrom(
  reader: Reader,
  { tenantNo, serverName: ours }: PeerRequest["tenant"],
  stored: StoredRoom,
  serverName: string,
): Promise<number | undefined> {
  if (!stored.room.federated) return undefined;
  const policy = await policyOf(reader, tenantNo);
  if (stored.hub === ours) {
    const delivery = await findDelivery(reader, stored, serverName);
    if (delivery === undefined || delivery.joined === 0) return undefined;
    return sightBy(policy, stored.room.roomType, delivery.firstPosition).from;
  }
  const state = await findReplicaState(reader, stored);
  if ((state !== "live" && state !== "paused") || !(await hasOurs(reader, stored))) return undefined;
  // The room's own server has all of it.
  if (stored.hub === serverName) return 1;
  const first = await findFirstJoin(reader, stored, serverName);
  return first === undefined ? undefined : sightBy(policy, stored.room.roomType, first).from;
}
