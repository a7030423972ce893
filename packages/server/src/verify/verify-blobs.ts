import { createHash } from "node:crypto";
import type { BlobStore } from "../blobs/index.ts";
import type { ReadStore } from "../db/index.ts";
import { contentOf, findMediumByNo, type HeldMedium, isHeld, WrongContent } from "../media/index.ts";
import { listBlobMedia } from "./media.store.ts";
import type { Finding } from "./log-check.ts";

const PAGE = 100;
const WRONG = "the file is not what was uploaded";

/** Reads every file that media are in, and holds it against the size and hash on record. */
export async function verifyBlobs(db: ReadStore, blobs: BlobStore): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let after = 0; ;) {
    const page = await listBlobMedia(db, after, PAGE);
    for (const { tenant_no: tenantNo, media_no: mediaNo } of page) {
      const medium = await findMediumByNo(db, tenantNo, mediaNo);
      // Of a closed incognito room nobody can open what the sweep has not come to yet.
      if (medium === undefined || !isHeld(medium)) continue;
      const problem = await problemOf(blobs, medium);
      // Beside a working server it may have been deleted meanwhile.
      if (problem === undefined || (await findMediumByNo(db, tenantNo, mediaNo)) === undefined) continue;
      findings.push({ roomId: "", position: null, problem: `${medium.mediaId}: ${problem}` });
    }
    const last = page.at(-1);
    if (last === undefined) return findings;
    after = last.blob_no;
  }
}

async function problemOf(blobs: BlobStore, medium: HeldMedium): Promise<string | undefined> {
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const bytes of await contentOf(blobs, medium)) {
      hash.update(bytes as Buffer);
      size += (bytes as Buffer).length;
    }
  } catch (error) {
    if (!(error instanceof WrongContent)) return "the file is missing, or cannot be read";
    return WRONG;
  }
  return size === medium.size && hash.digest("hex") === medium.sha256 ? undefined : WRONG;
}
