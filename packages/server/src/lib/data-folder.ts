import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, resolve } from "node:path";

/**
 * Makes a data folder where it is missing, and sees that this user may work in it. Throws with a sentence that says what
 * to do when it cannot be used.
 */
export function makeDataFolder(folder: string): void {
  try {
    makeFolder(resolve(folder));
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(dataFolderFault(folder, (cause as NodeJS.ErrnoException).code ?? "", ownerOf(folder)), { cause });
  }
}

/** Why a data folder cannot be used, and what to do, by the system's code. */
export function dataFolderFault(folder: string, code: string, owner: number | undefined): string {
  switch (code) {
    case "EEXIST":
    case "ENOTDIR":
      return `${folder} is no folder: name a folder with --data DIR`;
    case "EROFS":
      return `the data folder ${folder} lies on a file system that can only be read: mount it for writing, or name another with --data DIR`;
    case "ENOSPC":
    case "EDQUOT":
      return `there is no space left for the data folder ${folder}: free some, or name another with --data DIR`;
    case "EACCES":
    case "EPERM":
      if (owner === userInfo().uid)
        return `this user may not write in the data folder ${folder}, which is its own: run chmod u+rwx ${folder}`;
      return owner === undefined
        ? `this user may not make the data folder ${folder}: make it with the right owner, or name another with --data DIR`
        : `the data folder ${folder} belongs to another user (uid ${owner}): run as that user, or make it this one's with: chown -R ${userInfo().username} ${folder}`;
    default:
      return `the data folder ${folder} cannot be made there (${code}): name another with --data DIR`;
  }
}

/**
 * Makes a folder, and those above it that are missing. Not by `recursive`, which never comes back, and takes ever more
 * memory, where the system makes no folders, as in `/proc`.
 */
export function makeFolder(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it just now.
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST" && statSync(path).isDirectory();
    if (!isThere) throw error;
  }
}

function ownerOf(folder: string): number | undefined {
  try {
    return statSync(folder).uid;
  } catch {
    return undefined;
  }
}
