import { readFile } from "node:fs/promises";
import { UsageError } from "./exit-codes.ts";

const BYTES = 32;
const PREFIX = "ed25519:";

/**
 * The public keys that an option names, each as its 32 bytes in base64: the key itself, with or without `ed25519:`, or a
 * file with a key a line, where what begins with `#` is a remark; or a file of what a server publishes of itself (FD1), of
 * which keys that were revoked are not taken. `UsageError` for anything else.
 */
export async function publicKeysOf(text: string): Promise<string[]> {
  const key = keyIn(text);
  if (key !== undefined) return [key];
  if (text.startsWith(PREFIX)) throw new UsageError(`after ${PREFIX} there must be ${BYTES} bytes in base64`);
  const written = await readKeys(text);
  const keys = written.trimStart().startsWith("{") ? publishedIn(written, text) : listedIn(written, text);
  if (keys.length === 0) throw new UsageError(`${text} has no public key`);
  return keys;
}

function listedIn(written: string, text: string): string[] {
  const lines = written.split("\n").map((line) => line.trim());
  return lines.flatMap((line, i) => {
    if (line === "" || line.startsWith("#")) return [];
    const found = keyIn(line);
    if (found === undefined) throw new UsageError(`line ${i + 1} of ${text} is no public key, ${PREFIX} and base64`);
    return [found];
  });
}

function publishedIn(written: string, text: string): string[] {
  let keys: unknown;
  try {
    ({ keys } = JSON.parse(written) as { keys?: unknown });
  } catch {
    throw new UsageError(`${text} is no JSON`);
  }
  const listed = (Array.isArray(keys) ? keys : []) as ({ public_key?: unknown; revoked_at?: unknown } | null)[];
  return listed
    .filter((key) => key?.revoked_at === null)
    .flatMap((key) => (typeof key?.public_key === "string" ? (keyIn(key.public_key) ?? []) : []));
}

function keyIn(text: string): string | undefined {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const bytes = Buffer.from(base64, "base64");
  // As it would be written, so that two texts are never one key.
  return bytes.length === BYTES && bytes.toString("base64") === base64 ? base64 : undefined;
}

async function readKeys(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENAMETOOLONG") throw error;
    throw new UsageError(`${path} is neither a public key, ${PREFIX} and base64, nor a file of some`);
  }
}
