import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { S3BlobStore, type S3Options, Staging } from "../blobs/index.ts";
import { type Check, failed, ok } from "./check.ts";

/** No tenant has this number, so that nobody's files are among what is listed. */
const NOBODY = 0;
const BYTES = 1000;

/** Whether the bucket takes an object, gives it back, lists it and lets it be removed, as the server needs; then it is gone. */
export async function checkBucket(s3: S3Options): Promise<Check> {
  const blobs = new S3BlobStore({ ...s3, pace: { silenceMs: 5000, patienceMs: 0, ...s3.pace } });
  const folder = mkdtempSync(join(tmpdir(), "stairwell-doctor-"));
  const name = { tenantNo: NOBODY, blobId: randomUUID() };
  const bytes = randomBytes(BYTES);
  let step = "written";
  try {
    const staged = await (await Staging.open(folder)).receive(Readable.from([bytes]), BYTES);
    await blobs.put(name, staged);
    step = "read";
    const parts = (await (await blobs.open(name))?.toArray()) as Buffer[] | undefined;
    if (parts === undefined || !Buffer.concat(parts).equals(bytes)) {
      return failed(
        "bucket",
        "what is put there is not what is read",
        "Servers need a store that is consistent at once.",
      );
    }
    step = "listed";
    const listed = await Array.fromAsync(blobs.listBefore(NOBODY, Infinity));
    if (!listed.some(({ blobId }) => blobId === name.blobId)) {
      return failed("bucket", "what is put there is not listed", "Servers need a store that is consistent at once.");
    }
    step = "removed";
    await blobs.remove([name]);
    return ok("bucket", "objects are written, read, listed and removed");
  } catch (error) {
    const cause = String((error as Error).cause ?? error).replace(/^\w+: /, "");
    return failed("bucket", `an object cannot be ${step}: ${cause}`, adviceOn(cause));
  } finally {
    if (step !== "written") await blobs.remove([name]).catch(() => {});
    blobs.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function adviceOn(cause: string): string {
  for (const [code, advice] of ADVICE) if (code.test(cause)) return advice;
  return "The answer is the store's own; its documentation says more.";
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/did not answer/, "Look at media.s3.endpoint, and whether this machine reaches it."],
  [/NoSuchBucket/, "Make the bucket, or look at media.s3.bucket, and at path_style if the store has it."],
  [/SignatureDoesNotMatch|InvalidAccessKeyId/, "Look at media.s3.access_key and secret_key."],
  [/Malformed|AuthorizationQuery/, "Look at media.s3.region: the store's is another."],
  [/ExpiredToken|InvalidToken/, "The key has ended: give the server one that does not."],
  [/Skewed|expired/i, "Set this machine's clock by NTP: requests are signed with the time."],
  [/403/, "The key may not: docs/operating/media-on-s3.md has the rights that it needs."],
];
