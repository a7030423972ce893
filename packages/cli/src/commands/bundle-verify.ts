import { statSync } from "node:fs";
import type { Command } from "commander";
import { BundleFault } from "@stairwell/protocol/bundle";
import { reportLines, reportOf } from "../bundle/report.ts";
import { type Acting, withExamples } from "../command.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { folderFault } from "../folder-fault.ts";
import { onOneLine } from "../output.ts";
import { publicKeysOf } from "../public-keys.ts";
import { StepProgress } from "../step-progress.ts";

export function defineBundleVerify(parent: Command, acting: Acting): void {
  const command = parent
    .command("verify")
    .description(
      "Check an exported room: structure, every hash and the chain, files, counts and the signature, and say what that proves. " +
        "Asks nobody; without a key the signature is reported as unverified. The operator of the server that exported it gets its keys by " +
        "`stairwell tenant key show TENANT`.",
    )
    .argument("<file>", "the bundle")
    .option("--key <key>", "the public key that it must be signed with, `ed25519:BASE64`, or a file of such keys")
    .option("--config <file>", "a configuration file, for how large a bundle may be");
  withExamples(
    command,
    "stairwell bundle verify kitchen-2027-01-31.zip",
    "stairwell tenant key show acme > acme.keys",
    "stairwell bundle verify kitchen-2027-01-31.zip --key acme.keys",
  );
  command.action(
    acting(async ({ output, exitCode }, file: string, options: { key?: string; config?: string }) => {
      mustBeOnDisk(file);
      const keys = options.key === undefined ? undefined : await publicKeysOf(options.key);
      const { bundleLimitsOf, loadConfig, verifyBundle } = await import("@stairwell/server");
      const limits = bundleLimitsOf((await loadConfig({ file: options.config })).config);
      const bar = new StepProgress(output, "bytes");
      try {
        const found = await verifyBundle(file, {
          keys,
          limits,
          onProgress: (done, total) => bar.show({ what: "checked", done, total }),
        });
        bar.end();
        output.data({ ok: true, ...reportOf(found) }, () => reportLines(file, found).map(onOneLine));
      } catch (error) {
        bar.end();
        if (!(error instanceof BundleFault)) throw error;
        const { entry, pointer, reason } = error;
        output.data({ ok: false, entry, pointer: pointer ?? null, reason }, () => [
          `${file}: not valid`,
          onOneLine(error.message),
        ]);
        exitCode(EXIT.failed);
      }
    }),
  );
}

/** A pipe has no end to begin at, and a command that waits for one says nothing. */
function mustBeOnDisk(file: string): void {
  const found = file === "-" ? undefined : statSync(file);
  if (found?.isDirectory()) throw folderFault(file);
  if (found?.isFile() !== true)
    throw new UsageError(`${file} is no file on a disk: a bundle is read from its end, so save it`);
}
