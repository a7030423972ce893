import { cleanName, type Fqid, type Json, LIMITS, parseFqid } from "@stairwell/protocol";
import type { Tx } from "../../db/index.ts";
import { findByFqid, saveParticipant } from "../../participants/index.ts";
import { noteHeard } from "./foreign-profiles.store.ts";

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

/** What another server says somebody is called, if it is a name that can be shown, as one of ours may have. */
export function shownName(name: Json | undefined): string | undefined {
  try {
    return typeof name === "string" ? cleanName(name, "/display_name", LIMITS.displayNameLength) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes what somebody's own server says they are called; without a name, that it says nothing. Of somebody who is not known
 * here, or is one of ours, nothing is kept.
 */
export async function takeName(tx: Tx, tenantNo: number, fqid: Fqid, displayName: string | undefined): Promise<void> {
  const known = await findByFqid(tx, tenantNo, fqid);
  if (known?.participantType !== "federated") return;
  await noteHeard(tx, tenantNo, known);
  if (displayName === undefined || known.displayName === displayName) return;
  await saveParticipant(tx, tenantNo, { ...known, displayName });
}
