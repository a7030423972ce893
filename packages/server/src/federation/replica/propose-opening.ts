import { type Fqid, parseFqid, type RoomId, StairwellError } from "@stairwell/protocol";
import { openingContents } from "@stairwell/protocol/federation";
import { newId } from "../../lib/random.ts";
import type { Participant } from "../../participants/index.ts";
import type { RequestName } from "../../receipts/index.ts";
import { findRoom } from "../../state/index.ts";
import { findSigningKey, type Tenant } from "../../tenants/index.ts";
import { insertProposal, listOpenings, NO_ROOM } from "../rows/proposals.store.ts";
import { findByRequest } from "../rows/repeats.store.ts";
import { fateOf, otherThanBefore, outcomeOf, type ProposeParts, signed } from "./propose.ts";

/**
 * Asks the server of somebody for a direct room of one of ours with them (FD24), and waits for what comes of it, as
 * `propose` does; whoever asks again meanwhile waits for the same. The room, or the invite to one that the pair had already,
 * is here then; answers whether it was made for this. Throws the hub's refusal; `SW_FED_PEER_UNREACHABLE` where it did not
 * leave, and then nothing is left of it; `SW_FED_OUTCOME_UNKNOWN`; `SW_IDEMPOTENCY_CONFLICT`.
 */
export async function proposeOpening(
  parts: ProposeParts,
  tenant: Tenant,
  { fqid: opener, participantNo }: Participant,
  other: Fqid,
  request: RequestName | undefined,
): Promise<boolean> {
  const { db, clock } = parts;
  const { tenantNo } = tenant;
  const hub = parseFqid(other)!.serverName;
  const key = await findSigningKey(db, tenantNo, clock.now());
  if (key === undefined) throw new Error("a tenant without a signing key");
  const roomId = newId<RoomId>("room");
  const due = openingContents(opener, other);
  const sign = (name: "create" | "join" | "invite") =>
    signed(key, roomId, { ...due[name], sender: opener }, clock.now());
  const [create, event, invite] = [sign("create"), sign("join"), sign("invite")];
  const pending = await db.write({ tenantNo }, async (tx) => {
    const before = request && (await findByRequest(tx, tenantNo, request.key));
    if (before?.error === null && before.requestBody !== request!.bodyHash) throw otherThanBefore("AP6");
    const waiting = (await listOpenings(tx, tenantNo, hub, participantNo)).find(
      ({ opening }) => opening?.invite.content["participant"] === other,
    );
    if (waiting !== undefined) return { event: waiting.event, isOwn: false };
    const opening = { create, invite };
    const asked = { eventUuid: null, request };
    await insertProposal(tx, tenantNo, hub, { roomNo: NO_ROOM, participantNo, ...asked, event, opening });
    return { event, isOwn: true };
  });
  const said = pending.event;
  const fate = await fateOf(parts, tenant, hub, said.id);
  const at = { tenantNo, roomNo: NO_ROOM, roomId: said.room_id, hub };
  await outcomeOf(parts, at, { id: said.id, said }, fate);
  return pending.isOwn && (await findRoom(db, tenantNo, said.room_id)) !== undefined;
}

/** The hub has said that there is a room, and shown none. */
export function nothingShown(): StairwellError {
  return new StairwellError("SW_FED_PEER_UNREACHABLE", {
    message: "The other server answered nothing that makes sense.",
    rule: "FD24",
  });
}
