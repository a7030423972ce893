import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sync } from "../lib/durable.ts";

/** Copies the secret of one folder to another. */
export async function copySecret(from: string, to: string): Promise<void> {
  const secret = join(to, "secret");
  // Not by `copyFile`, whose errors name the file that was read, whatever is wrong with the other.
  await writeFile(secret, await readFile(join(from, "secret")), { mode: 0o600 });
  await chmod(secret, 0o600);
  await sync(secret);
}
