import { cleanName, StairwellError, type WorkspaceId } from "@stairwell/protocol";
import type { Reader, Tx } from "../db/index.ts";
import { newId } from "../lib/random.ts";
import { slugOf } from "../lib/slug.ts";
import type { MakePersonalWorkspace } from "../participants/index.ts";
import { setRole } from "./members.store.ts";
import { findBySlug, insertWorkspace } from "./workspaces.store.ts";

const SLUG_LENGTH = 64;
const SUFFIX_LENGTH = 6;

/**
 * Makes a workspace whose owner is the caller. Without a slug one is made from the name, with a suffix where it is
 * taken. `SW_WORKSPACE_SLUG_TAKEN` for a given slug that another workspace of the tenant has (WS4).
 */
export async function createWorkspace(
  tx: Tx,
  caller: { tenantNo: number; participantNo: number },
  wanted: { name: string; slug?: string | undefined },
): Promise<WorkspaceId> {
  const name = cleanName(wanted.name, "/name");
  const slug = wanted.slug ?? (await freeSlug(tx, caller.tenantNo, name));
  await refuseTaken(tx, caller.tenantNo, slug);
  return insertOwned(tx, caller.tenantNo, { slug, name, ownerNo: caller.participantNo, personal: false });
}

/** Makes somebody's personal workspace, named after them. */
export const makePersonalWorkspace: MakePersonalWorkspace = async (tx, tenantNo, owner) => {
  const slug = await freeSlug(tx, tenantNo, owner.localId);
  return insertOwned(tx, tenantNo, { slug, name: owner.displayName, ownerNo: owner.participantNo, personal: true });
};

export async function refuseTaken(reader: Reader, tenantNo: number, slug: string): Promise<void> {
  if ((await findBySlug(reader, tenantNo, slug)) !== undefined)
    throw new StairwellError("SW_WORKSPACE_SLUG_TAKEN", { rule: "WS4" });
}

async function insertOwned(
  tx: Tx,
  tenantNo: number,
  made: { slug: string; name: string; ownerNo: number; personal: boolean },
): Promise<WorkspaceId> {
  const workspaceId = newId<WorkspaceId>("workspace");
  const personalOf = made.personal ? made.ownerNo : null;
  await insertWorkspace(tx, tenantNo, { workspaceId, slug: made.slug, name: made.name, personalOf });
  await setRole(tx, tenantNo, workspaceId, made.ownerNo, "owner");
  return workspaceId;
}

async function freeSlug(reader: Reader, tenantNo: number, name: string): Promise<string> {
  const slug = slugOf(name, SLUG_LENGTH) || "workspace";
  if ((await findBySlug(reader, tenantNo, slug)) === undefined) return slug;
  // The end of an id is random.
  const suffix = newId("workspace").slice(-SUFFIX_LENGTH);
  return `${slugOf(slug, SLUG_LENGTH - SUFFIX_LENGTH - 1)}-${suffix}`;
}
