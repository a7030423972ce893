import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { canonical } from "@stairwell/protocol";
import type { JsonObject } from "@stairwell/protocol";
import { manifestOf, manifestParts } from "../../verify/manifest.ts";

/** Lays a bundle's manifest, and the contents of its events, beside its media: what the limits work on. */
export async function unpack(bundle: string, folder: string): Promise<void> {
  await pipeline(await manifestOf(bundle), createWriteStream(join(folder, "manifest.json")));
  await pipeline(Readable.from(contents(bundle)), createWriteStream(join(folder, "contents.jsonl")));
}

async function* contents(bundle: string): AsyncGenerator<string> {
  for await (const parts of manifestParts(bundle)) {
    const lines = parts.flatMap(({ key, text }) => (key === "events" && text !== undefined ? [line(text)] : []));
    if (lines.length > 0) yield lines.join("");
  }
}

function line(event: string): string {
  const { content = null } = JSON.parse(event) as { content?: JsonObject };
  return `${canonical(content)}\n`;
}
