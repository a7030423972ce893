import { type Command, InvalidArgumentError } from "commander";
import { BundleFault } from "@stairwell/protocol/bundle";
import type { Inspected } from "@stairwell/server";
import { type Acting, withExamples } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { grouped, sizeText } from "../figures.ts";
import { fields } from "../output.ts";
import { ProgressBar } from "../progress.ts";

const ED25519_BYTES = 32;

export function defineBundleVerify(parent: Command, acting: Acting): void {
  const command = parent
    .command("verify")
    .description(
      "Check an exported room: structure, every hash and the chain, media, counts and the signature. Asks nobody; without " +
        "a key the signature is reported as unverified.",
    )
    .argument("<file>", "the bundle")
    .option("--key <base64>", "the public key that it must be signed with, 32 bytes in base64", publicKeyOf);
  withExamples(command, "stairwell bundle verify kitchen-2027-01-31.zip", "stairwell bundle verify kitchen.zip --json");
  command.action(
    acting(async ({ output, exitCode }, file: string, { key }: { key?: string }) => {
      const { verifyBundle } = await import("@stairwell/server");
      const bar = new ProgressBar(output);
      try {
        const found = await verifyBundle(file, { key, onProgress: (done, total) => bar.show(done, total, "events") });
        bar.end();
        output.data({ ok: true, ...reportOf(found) }, () => reportLines(found));
      } catch (error) {
        bar.end();
        if (!(error instanceof BundleFault)) throw error;
        const { entry, pointer, reason } = error;
        output.data({ ok: false, entry, pointer: pointer ?? null, reason }, () => [
          `${file}: not valid`,
          error.message,
        ]);
        exitCode(EXIT.failed);
      }
    }),
  );
}

function publicKeyOf(text: string): string {
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  if (!isBase64 || Buffer.from(text, "base64").length !== ED25519_BYTES) {
    throw new InvalidArgumentError("It is 32 bytes in base64.");
  }
  return text;
}

function reportOf({ head, counts, omitted, signature }: Inspected) {
  const { room, server_name, exported_by, exported_at } = head;
  return { room_id: room.id, name: room.name, server_name, exported_by, exported_at, ...counts, omitted, signature };
}

function reportLines({ head, counts, omitted, signature }: Inspected): string[] {
  const { room, server_name, exported_by, exported_at } = head;
  return [
    ...fields({
      room: room.name ?? room.id,
      server: server_name,
      exported: `${exported_at} by ${exported_by}`,
      events: grouped(counts.events),
      media: `${grouped(counts.media)}, ${sizeText(counts.media_bytes)}`,
      omitted:
        omitted.map(({ what, reason, count }) => `${what} of ${grouped(count)} (${reason})`).join(", ") || "nothing",
      signature,
    }),
    "all is well",
  ];
}
