import { statSync } from "node:fs";
import type { Command } from "commander";
import { BundleFault } from "@stairwell/protocol/bundle";
import type { Inspected } from "@stairwell/server";
import { type Acting, withExamples } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { grouped, sizeText } from "../figures.ts";
import { fields, onOneLine } from "../output.ts";
import { ProgressBar } from "../progress.ts";
import { publicKeysOf } from "../public-keys.ts";

export function defineBundleVerify(parent: Command, acting: Acting): void {
  const command = parent
    .command("verify")
    .description(
      "Check an exported room: structure, every hash and the chain, media, counts and the signature. Asks nobody; without " +
        "a key the signature is reported as unverified. The operator of the server that exported it gets its keys by " +
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
      if (statSync(file).isDirectory()) throw new Error(`${file}: it is a folder, and a file is needed`);
      const keys = options.key === undefined ? undefined : await publicKeysOf(options.key);
      const { bundleLimitsOf, loadConfig, verifyBundle } = await import("@stairwell/server");
      const limits = bundleLimitsOf((await loadConfig({ file: options.config })).config);
      const bar = new ProgressBar(output);
      try {
        const found = await verifyBundle(file, {
          keys,
          limits,
          onProgress: (done, total) => bar.show(done, total, "events"),
        });
        bar.end();
        output.data({ ok: true, ...reportOf(found) }, () => reportLines(found));
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

function reportOf({ head, counts, omitted, signature }: Inspected) {
  const { room, server_name, exported_by, exported_at } = head;
  const { id: room_id, name, head: position, head_hash } = room;
  return {
    room_id,
    name,
    server_name,
    exported_by,
    exported_at,
    head: position,
    head_hash,
    ...counts,
    omitted,
    signature,
  };
}

function reportLines({ head, counts, omitted, signature }: Inspected): string[] {
  const { room, server_name, exported_by, exported_at } = head;
  return [
    ...fields({
      room: room.name ?? room.id,
      server: server_name,
      exported: `${exported_at} by ${exported_by}`,
      events: grouped(counts.events),
      head: `${grouped(room.head)}, ${room.head_hash}`,
      media: `${grouped(counts.media)}, ${sizeText(counts.media_bytes)}`,
      omitted:
        omitted.map(({ what, reason, count }) => `${what} of ${grouped(count)} (${reason})`).join(", ") || "nothing",
      signature,
    }),
    "all is well",
  ];
}
