import { serverFqid, StairwellError } from "@stairwell/protocol";
import type { SignedHead, WireEvent } from "@stairwell/protocol/federation";
import { record } from "../../audit/index.ts";
import { findEventAt, type StoredEvent } from "../../events/index.ts";
import type { StoredRoom } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import type { Reader } from "../../db/index.ts";
import { findReplica, type Proof, saveReplica } from "../rows/replicas.store.ts";
import { listWireEvents } from "../wire/wire-event.ts";
import type { ReplicaParts } from "./peer.ts";

/**
 * A hub has signed two events for one position (FD17): the replica takes nothing more of it, both proofs are kept, and it
 * goes on record for the administrators. `other`: the hash that it has said now, which `head` covers by the chain of `events`.
 * Answers what is to be thrown.
 */
export async function conflicting(
  { db }: Pick<ReplicaParts, "db">,
  { tenantNo }: Tenant,
  stored: StoredRoom,
  here: Pick<StoredEvent, "position" | "hash" | "eventId">,
  other: string,
  { events, head }: { readonly events: readonly WireEvent[]; readonly head: SignedHead },
): Promise<StairwellError> {
  await db.write({ tenantNo }, async (tx) => {
    const replica = await findReplica(tx, stored);
    // What is over here stays over, whatever its hub says by now.
    if (replica === undefined || replica.state === "conflict" || replica.state === "ended") return;
    const { position } = here;
    const theirs: Proof = { position, hash: other, head, events: events.map(bare) };
    const proofs = replica.head === null ? [theirs] : [await proofHere(tx, stored, here, replica.head), theirs];
    await saveReplica(tx, stored, { ...replica, state: "conflict", proofs });
    const details = { position: here.position, hash: here.hash, other };
    await record(tx, {
      tenantNo,
      action: "federation.conflict",
      actor: serverFqid(stored.hub),
      roomId: stored.roomId,
      eventId: here.eventId,
      details,
    });
  });
  return frozen();
}

/** So much of the log that is here is copied; it stays here for as long as it is not given up. */
const MOST = 1000;

/** What proves that the hub has said what is here from a position on. */
export async function proofHere(
  reader: Reader,
  at: StoredRoom,
  { position, hash }: Pick<StoredEvent, "position" | "hash">,
  head: SignedHead,
  limit: number = MOST,
): Promise<Proof> {
  // The one after it names it too.
  const isFirst = position > 1 && (await findEventAt(reader, at, position - 1)) === undefined;
  const from = isFirst ? position + 1 : position;
  const range = { from, to: head.position, limit, sight: { from: Infinity } };
  return { position, hash, head, events: (await listWireEvents(reader, at, range)).map(bare) };
}

/** Without what it says: a redaction has nothing to take from what is kept as a proof. */
function bare({ envelope, hash, signatures }: WireEvent): Proof["events"][number] {
  return { envelope, hash, signatures };
}

/** Why nothing more is taken of a room whose hub has said two things of one position. */
export function frozen(): StairwellError {
  return new StairwellError("SW_ROOM_FROZEN", {
    message: "Its hub has said two things of one position.",
    rule: "FD17",
  });
}
