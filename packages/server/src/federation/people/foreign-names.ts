import { cleanName, type Fqid, type Json, LIMITS, parseFqid, StairwellError } from "@stairwell/protocol";
import type { Tx } from "../../db/index.ts";
import { findByFqid, type Participant, saveParticipant } from "../../participants/index.ts";
import { isComingTo } from "../rows/proposals.store.ts";
import { noteAnswered, noteTold } from "./foreign-profiles.store.ts";

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
 * Takes what somebody's own server tells of itself that they are called. That may be a copy of what it told once, come late:
 * a name that changes anything is asked about as well, and what is answered stands. Of somebody who is not known here, or is
 * one of ours, nothing is kept; `SW_UNAVAILABLE` where the answer to a join may bring them under an older name.
 */
export async function takeTold(tx: Tx, tenantNo: number, fqid: Fqid, displayName: string): Promise<void> {
  const known = await findByFqid(tx, tenantNo, fqid);
  if (known === undefined && (await isComingTo(tx, tenantNo, parseFqid(fqid)!.serverName))) {
    throw new StairwellError("SW_UNAVAILABLE");
  }
  if (known?.participantType === "federated") await callToldName(tx, tenantNo, known, displayName);
}

/** As `takeTold`, of somebody of another server who is known. */
export async function callToldName(tx: Tx, tenantNo: number, known: Participant, displayName: string): Promise<void> {
  const isAnother = known.displayName !== displayName;
  await noteTold(tx, tenantNo, known, isAnother);
  if (isAnother) await saveParticipant(tx, tenantNo, { ...known, displayName });
}

/**
 * Takes what somebody's own server answered that they are called; without a name, that it says nothing. `before`: how often
 * anything had been heard of it when it was asked (`countHeard`); where more was heard since, the answer counts for nothing.
 */
export async function takeAnswer(
  tx: Tx,
  tenantNo: number,
  fqid: Fqid,
  { displayName, before }: { readonly displayName: string | undefined; readonly before: number },
): Promise<void> {
  const known = await findByFqid(tx, tenantNo, fqid);
  if (known?.participantType !== "federated" || !(await noteAnswered(tx, tenantNo, known, before))) return;
  if (displayName === undefined || known.displayName === displayName) return;
  await saveParticipant(tx, tenantNo, { ...known, displayName });
}
