import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The system's bound on the path of a socket is 104 to 108 bytes, its end included. */
const LONGEST = 103;
const SOCKET = "control.sock";
/** Says where the socket is when the folder's own path is too long for one. */
const POINTER = "control.path";

/** A place for the control socket of a data folder which this process holds; what a dead process left is removed. */
export function claimSocketPath(folder: string): { path: string; release: () => void } {
  removeSocket(folder);
  const own = join(resolve(folder), SOCKET);
  if (Buffer.byteLength(own) <= LONGEST) return { path: own, release: () => removeSocket(folder) };
  const path = join(mkdtempSync(join(tmpdir(), "stairwell-")), SOCKET);
  writeFileSync(join(folder, POINTER), path, { mode: 0o600 });
  return { path, release: () => removeSocket(folder) };
}

/** Where the control socket of a data folder is, if there is one. */
export function findSocketPath(folder: string): string {
  return readPointer(folder) ?? join(resolve(folder), SOCKET);
}

function removeSocket(folder: string): void {
  rmSync(join(folder, SOCKET), { force: true });
  const pointed = readPointer(folder);
  if (pointed === undefined) return;
  if (/[/\\]stairwell-[^/\\]+[/\\]control\.sock$/.test(pointed))
    rmSync(dirname(pointed), { recursive: true, force: true });
  rmSync(join(folder, POINTER));
}

function readPointer(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, POINTER), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Where the folder is a file, whoever opens the store says so.
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
