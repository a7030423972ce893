import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

/** Tests that are run once more, with all files in a bucket. */
const AGAIN = [
  "media/access.test.ts",
  "media/deletion.test.ts",
  "media/download.test.ts",
  "media/round-trip.test.ts",
  "bundles/export.test.ts",
  "bundles/import.test.ts",
  "bundles/round-trip.test.ts",
];

for (const file of AGAIN) {
  test(`${file} passes with its files in a bucket too`, async () => {
    // A file that takes itself for part of this run would tell us its results instead of its exit code.
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const env = { ...environment, STAIRWELL_TEST_BLOBS: "s3" };
    const args = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "..", file)];
    const [code, output] = await new Promise<[number | null, string]>((resolve) => {
      const child = execFile(process.execPath, args, { env, maxBuffer: 2 ** 24 }, (_error, out, messages) =>
        resolve([child.exitCode, out + messages]),
      );
    });
    assert.equal(code, 0, output);
    assert.match(output, /ℹ pass [1-9]/);
  });
}
