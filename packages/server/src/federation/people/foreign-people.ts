import { type Fqid, parseFqid } from "@stairwell/protocol";
import type { Tx } from "../../db/index.ts";
import {
  findByFqid,
  findManyByFqid,
  insertParticipant,
  insertParticipants,
  newcomer,
  type Participant,
} from "../../participants/index.ts";
import { callToldName, type Names } from "./foreign-names.ts";
import { seekProfile } from "./foreign-profiles.store.ts";

/**
 * Somebody of another server, as a participant of the tenant: made on first sight, under their local id until their own
 * server says what they are called. Undefined for a text that is nobody's name, and for an unknown one of our own.
 */
export async function knownOrMade(
  tx: Tx,
  tenant: { readonly tenantNo: number; readonly serverName: string },
  fqid: Fqid,
): Promise<Participant | undefined> {
  const known = await findByFqid(tx, tenant.tenantNo, fqid);
  const name = parseFqid(fqid);
  if (known !== undefined || name === undefined || name.serverName === tenant.serverName) return known;
  const made = await insertParticipant(tx, tenant.tenantNo, newcomer(fqid, "federated"));
  await seekProfile(tx, tenant.tenantNo, made);
  return made;
}

/** Somebody of another server has come into a room: what they are called may be another name by now. */
export async function seekNameOf(tx: Tx, tenantNo: number, fqid: Fqid): Promise<void> {
  const who = await findByFqid(tx, tenantNo, fqid);
  if (who?.participantType === "federated") await seekProfile(tx, tenantNo, who);
}

/** People of one state whose servers are asked what they are called. */
const MOST_SOUGHT = 200;

/** Many people of other servers at once, as `knownOrMade`; those who are known are given the names that are told of them. */
export async function knowAll(
  tx: Tx,
  { tenantNo, serverName }: { readonly tenantNo: number; readonly serverName: string },
  people: readonly Fqid[],
  names: Names,
): Promise<void> {
  const known = await findManyByFqid(tx, tenantNo, people);
  const unknown = people.filter(
    (fqid) => !known.has(fqid) && ![undefined, serverName].includes(parseFqid(fqid)?.serverName),
  );
  const made = unknown.map((fqid) => {
    const displayName = names.get(fqid);
    return newcomer(fqid, "federated", displayName === undefined ? {} : { displayName });
  });
  const numbers = await insertParticipants(tx, tenantNo, made);
  // Nobody is to make us ask others about a multitude: who says something later is asked about then.
  const nameless = numbers.filter((_, i) => !names.has(unknown[i]!));
  if (nameless.length <= MOST_SOUGHT) {
    for (const [i, participantNo] of numbers.entries()) {
      if (!names.has(unknown[i]!)) await seekProfile(tx, tenantNo, { participantNo, serverName: made[i]!.serverName });
    }
  }
  for (const [fqid, person] of known) {
    const displayName = names.get(fqid);
    if (displayName === undefined || displayName === person.displayName || person.participantType !== "federated")
      continue;
    await callToldName(tx, tenantNo, person, displayName);
  }
}
