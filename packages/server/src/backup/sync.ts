import { chmod, copyFile, open } from "node:fs/promises";
import { join } from "node:path";

/** A file, or what stands in a folder, survives a crash from now on. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Copies the secret of one folder to another. */
export async function copySecret(from: string, to: string): Promise<void> {
  const secret = join(to, "secret");
  await copyFile(join(from, "secret"), secret);
  await chmod(secret, 0o600);
  await sync(secret);
}
