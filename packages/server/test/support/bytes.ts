import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The files of a data folder, at whatever depth, in which these bytes stand; a text is looked for as UTF-8. */
export function filesWith(folder: string, needle: string | Buffer): string[] {
  return filesWithAny(folder, [needle]).get(needle) ?? [];
}

/** As `filesWith` for many at once: each file is read once. What is found nowhere is not in the answer. */
export function filesWithAny<Needle extends string | Buffer>(
  folder: string,
  needles: Iterable<Needle>,
): Map<Needle, string[]> {
  const wanted = [...needles];
  const found = new Map<Needle, string[]>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (const needle of wanted) {
      if (bytes.includes(needle)) found.set(needle, [...(found.get(needle) ?? []), entry.name]);
    }
  }
  return found;
}

/** Every spelling in which a secret might lie in a file. */
export function spellingsOf(secret: Uint8Array): (string | Buffer)[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  return [bytes, hex, hex.toUpperCase(), bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url")];
}

/** Settles when the condition holds; looks each time the loop has nothing else to do, and gives up after a minute (DEL3). */
export async function withinAMinute(holds: () => boolean, what: string): Promise<void> {
  const started = performance.now();
  while (!holds()) {
    if (performance.now() - started > 60_000) throw new Error(`after a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
