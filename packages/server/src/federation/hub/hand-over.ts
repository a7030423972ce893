import { StairwellError } from "@stairwell/protocol";
import { type WireJoin, type WireState, wireStateText } from "@stairwell/protocol/federation";
import type { Tx } from "../../db/index.ts";
import { sha256 } from "../../lib/random.ts";
import type { StoredRoom } from "../../state/index.ts";
import { findSigningKey, type SigningKey, type Tenant } from "../../tenants/index.ts";
import { signState } from "../heads.ts";
import { listWireEvents, type Sight } from "../wire-event.ts";
import { fit } from "./backfill.ts";
import { stateOf } from "./state-of.ts";

/** Events handed to a server that joins (FD12). */
const FIRST_SIGHT = 100;
/** Bytes of what it is handed, of an answer that may have a mebibyte in all (FD21), and of the state among them. */
const MOST_ANSWER_BYTES = 900 * 1024;
const MOST_STATE_BYTES = 700 * 1024;

/** The canonical state before a first join. `SW_ROOM_CAPACITY` where it is more than an answer may bring. */
export async function textToHandOver(tx: Tx, stored: StoredRoom): Promise<string> {
  const text = wireStateText(await stateOf(tx, stored));
  if (Buffer.byteLength(text) <= MOST_STATE_BYTES) return text;
  throw new StairwellError("SW_ROOM_CAPACITY", {
    message: "The room is too large to be handed to another server.",
    rule: "FD12",
  });
}

/** What a server is given with its first join: the state before it, what was said before, and all up to the join (FD12). */
export async function handedOver(
  tx: Tx,
  tenant: Tenant,
  stored: StoredRoom,
  { text, join, sight }: { readonly text: string; readonly join: number; readonly sight: Sight },
): Promise<WireJoin> {
  const state = JSON.parse(text) as WireState;
  const state_hash = sha256(text);
  const { position } = state;
  const from = Math.max(1, position - FIRST_SIGHT + 1);
  const events = await listWireEvents(tx, stored, { from, to: position, limit: FIRST_SIGHT, sight });
  const since = await listWireEvents(tx, stored, { from: position + 1, to: join, limit: FIRST_SIGHT, sight });
  const left = MOST_ANSWER_BYTES - Buffer.byteLength(text) - Buffer.byteLength(JSON.stringify(since));
  return {
    state,
    state_hash,
    state_signature: signState(await keyOfTenant(tx, tenant), stored.roomId, { position, state_hash }),
    // The newest that fit: what is older is fetched by whoever wants it.
    events: fit(events.toReversed(), left).toReversed(),
    since,
  };
}

/** The key that a tenant signs with now. */
export async function keyOfTenant(tx: Tx, { tenantNo }: Tenant): Promise<SigningKey> {
  const key = await findSigningKey(tx, tenantNo, tx.now);
  if (key === undefined) throw new Error("a tenant without a signing key");
  return key;
}
