import type { Tx } from "../db/index.ts";
import { type Caller, findCaller } from "./caller.ts";
import { cleanDisplayName, type MakePersonalWorkspace } from "./create-participant.ts";
import { saveParticipant } from "./participants.store.ts";

/**
 * A caller's first sign-in: makes sure of the personal workspace and takes the display name. Only the first call does
 * something and answers 201; a repeat answers 200 and ignores the name, which `PUT /v1/me` changes (AU7).
 */
export async function register(
  tx: Tx,
  makePersonalWorkspace: MakePersonalWorkspace,
  caller: Caller,
  wanted: { displayName?: string | undefined },
): Promise<201 | 200> {
  const displayName = wanted.displayName === undefined ? undefined : cleanDisplayName(wanted.displayName);
  const known = await findCaller(tx, caller);
  if (known.registeredAt !== null) return 200;
  const registered = { ...known, displayName: displayName ?? known.displayName, registeredAt: tx.now };
  const personalWorkspaceId =
    known.personalWorkspaceId ?? (await makePersonalWorkspace(tx, caller.tenantNo, registered));
  await saveParticipant(tx, caller.tenantNo, { ...registered, personalWorkspaceId });
  return 201;
}
