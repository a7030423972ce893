import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeDataFolder } from "./data-folder.ts";

/** How long a secret is. */
export const SECRET_BYTES = 32;

/**
 * The server's own secret, in the file `secret` of the data folder: 32 random bytes, made at the first start.
 * It signs cursors and seals kept answers; losing it ends those and nothing else. Throws with a sentence that says
 * what to do when the file is not what it must be.
 */
export function loadSecret(folder: string): Buffer {
  makeDataFolder(folder);
  const path = join(folder, "secret");
  const secret = readSecret(path) ?? createSecret(path);
  if (secret.length !== SECRET_BYTES || secret.every((byte) => byte === secret[0])) {
    throw new Error(
      `${path} is not a secret of ${SECRET_BYTES} random bytes; put the file back, or remove it to make a new one`,
    );
  }
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new Error(`${path} can be read by others; run: chmod 600 ${path}`);
  }
  return secret;
}

function readSecret(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Another process may make the file at the same moment: both then use the one that came first, and never half a file. */
function createSecret(path: string): Buffer {
  const secret = randomBytes(SECRET_BYTES);
  // Not by the process id: in a container it is the same at each start, and a start that was killed leaves its draft.
  const draft = `${path}.${randomUUID()}`;
  const file = openSync(draft, "wx", 0o600);
  try {
    writeSync(file, secret);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return readFileSync(path);
    throw error;
  } finally {
    rmSync(draft);
  }
}
