import { StairwellError } from "@stairwell/protocol";
import {
  MOST_MEMBERS,
  type WireJoin,
  type WireMembers,
  type WireState,
  wireStateText,
} from "@stairwell/protocol/federation";
import type { Reader, Tx } from "../../db/index.ts";
import { sha256 } from "../../lib/random.ts";
import type { StoredRoom } from "../../state/index.ts";
import { findSigningKey, type SigningKey, type Tenant } from "../../tenants/index.ts";
import { signState } from "../wire/heads.ts";
import { listWireEvents, type Sight } from "../wire/wire-event.ts";
import { fit } from "./backfill.ts";
import { listOwnNames } from "./people-names.store.ts";
import { stateOf } from "./state-of.ts";

/** Events handed to a server that joins (FD12). */
const FIRST_SIGHT = 100;
/** Bytes of what it is handed, of an answer that may have a mebibyte in all (FD21), and of the members among them. */
const MOST_ANSWER_BYTES = 900 * 1024;
const MOST_MEMBERS_BYTES = 600 * 1024;
const MOST_INLINE = 5000;

/** The canonical state before a first join. `SW_ROOM_CAPACITY` where more people are in it than another server takes. */
export async function textToHandOver(tx: Tx, stored: StoredRoom): Promise<string> {
  const state = await stateOf(tx, stored);
  if (state.members.length <= MOST_MEMBERS) return wireStateText(state);
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
  const whole = JSON.parse(text) as WireState;
  const { members, names, next } = await memberPage(tx, stored, whole, "", {
    most: MOST_INLINE,
    bytes: MOST_MEMBERS_BYTES,
  });
  const state = { ...whole, members };
  const state_hash = sha256(text);
  const { position } = state;
  const from = Math.max(1, position - FIRST_SIGHT + 1);
  const events = await listWireEvents(tx, stored, { from, to: position, limit: FIRST_SIGHT, sight });
  const since = await listWireEvents(tx, stored, { from: position + 1, to: join, limit: FIRST_SIGHT, sight });
  const left = MOST_ANSWER_BYTES - Buffer.byteLength(JSON.stringify([state, names, since]));
  return {
    state,
    ...(next !== null && { members_truncated: true }),
    names,
    state_hash,
    state_signature: signState(await keyOfTenant(tx, tenant), stored.roomId, { position, state_hash }),
    // The newest that fit: what is older is fetched by whoever wants it.
    events: fit(events.toReversed(), left).toReversed(),
    since,
  };
}

/**
 * The members of a state that come after somebody, as many as a page takes, with what our own people among them are called:
 * of others their own servers speak (FD15).
 */
export async function memberPage(
  reader: Reader,
  stored: StoredRoom,
  { members }: WireState,
  after: string,
  { most, bytes }: { readonly most: number; readonly bytes: number },
): Promise<WireMembers> {
  const from = after === "" ? 0 : members.findIndex(({ fqid }) => fqid > after);
  const candidates = from === -1 ? [] : members.slice(from, from + most);
  const last = candidates.at(-1);
  const known = last === undefined ? new Map() : await listOwnNames(reader, stored, candidates[0]!.fqid, last.fqid);
  const names: Record<string, string> = {};
  let size = 0;
  let count = 0;
  for (const member of candidates) {
    const name = known.get(member.fqid);
    const named = name === undefined ? "" : `${JSON.stringify(member.fqid)}:${JSON.stringify(name)},`;
    size += Buffer.byteLength(JSON.stringify(member)) + Buffer.byteLength(named) + 1;
    if (size > bytes && count > 0) break;
    if (name !== undefined) names[member.fqid] = name;
    count++;
  }
  const page = candidates.slice(0, count);
  return { members: page, names, next: from !== -1 && from + count < members.length ? page.at(-1)!.fqid : null };
}

/** The key that a tenant signs with now. */
export async function keyOfTenant(tx: Tx, { tenantNo }: Tenant): Promise<SigningKey> {
  const key = await findSigningKey(tx, tenantNo, tx.now);
  if (key === undefined) throw new Error("a tenant without a signing key");
  return key;
}
