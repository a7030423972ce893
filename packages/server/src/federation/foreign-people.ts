import { cleanName, type Fqid, type Json, LIMITS, parseFqid, type ParticipantId } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { newId } from "../lib/random.ts";
import {
  findByFqid,
  findManyByFqid,
  insertParticipant,
  insertParticipants,
  type Participant,
  saveParticipant,
} from "../participants/index.ts";

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
  return insertParticipant(tx, tenant.tenantNo, newcomer(fqid, name.localId));
}

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
  await insertParticipants(
    tx,
    tenantNo,
    unknown.map((fqid) => newcomer(fqid, names.get(fqid) ?? parseFqid(fqid)!.localId)),
  );
  for (const [fqid, person] of known) {
    const displayName = names.get(fqid);
    if (displayName === undefined || displayName === person.displayName || person.participantType !== "federated")
      continue;
    await saveParticipant(tx, tenantNo, { ...person, displayName });
  }
}

/** What people are called, by FQID. */
export type Names = ReadonlyMap<string, string>;

/** What a server says its own people are called (FD15): of others, and what is no name that can be shown, nothing. */
export function namesFrom(serverName: string, told: Readonly<Record<string, Json>> = {}): Names {
  const names = new Map<string, string>();
  for (const [fqid, name] of Object.entries(told)) {
    const shown = parseFqid(fqid)?.serverName === serverName ? shownName(name) : undefined;
    if (shown !== undefined) names.set(fqid, shown);
  }
  return names;
}

/** What another server says somebody is called, if it is a name that can be shown. */
export function shownName(name: Json | undefined): string | undefined {
  try {
    return typeof name === "string" ? cleanName(name, "/display_name", LIMITS.displayNameLength) : undefined;
  } catch {
    return undefined;
  }
}

function newcomer(fqid: Fqid, displayName: string) {
  const { localId, serverName } = parseFqid(fqid)!;
  return {
    participantId: newId<ParticipantId>("participant"),
    fqid,
    localId,
    serverName,
    participantType: "federated",
    displayName,
    avatarUrl: null,
    roles: [],
    defaultMode: "none",
    locale: null,
    timezone: null,
    autoJoin: false,
    personalWorkspaceId: null,
    registeredAt: null,
    deactivatedAt: null,
  } as const;
}
