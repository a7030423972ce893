import type { Tx } from "../db/index.ts";
import { deleteBlobUnlessUsed } from "./blobs.store.ts";
import { deleteForeign } from "./foreign.store.ts";
import { deleteLoose } from "./loose.store.ts";
import { emptyMedium, listThumbnailsOf } from "./media.store.ts";
import { deleteRefsTo } from "./refs.store.ts";

/**
 * Deletes a medium with its thumbnail, and the contents that only they had: at once for every reader, and their files
 * after the commit. A repeat changes nothing.
 */
export async function freeMedium(tx: Tx, tenantNo: number, mediaNo: number): Promise<void> {
  for (const each of [...(await listThumbnailsOf(tx, tenantNo, mediaNo)), mediaNo]) {
    const blobNo = await emptyMedium(tx, tenantNo, each);
    if (blobNo === undefined) continue;
    await deleteLoose(tx, tenantNo, each);
    await deleteRefsTo(tx, tenantNo, each);
    await deleteForeign(tx, tenantNo, each);
    if (blobNo === null) continue;
    await deleteBlobUnlessUsed(tx, tenantNo, blobNo);
  }
}
