import { StairwellApiError } from "@stairwell/client";

/** What is said of whatever ended a command: what is wrong, and what to do about it where that is known. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof StairwellApiError) return refusalText(error);
  return fileText(error) ?? storeText(error) ?? error.message;
}

function refusalText({ message, status, details, code, requestId }: StairwellApiError): string {
  const faults = Array.isArray(details) ? details.flatMap(faultText) : [];
  const said = [message, ...faults].join(" ");
  if (status === 401) return `${said} 'stairwell token create' mints another token.`;
  if (code === "UNREADABLE_ANSWER") return `${said}: is --url that of a Stairwell server?`;
  if (status < 500 || requestId === null) return [said, ...(ADVICE[message] ?? [])].join(" ");
  return `${said} The server's log says more at ${requestId}.`;
}

/** By the message of a refusal, which says to a command no more than to everybody. */
const ADVICE: Readonly<Record<string, readonly string[]>> = {
  "There is no such room.": [
    "A room that the caller may not see counts as none: look at the id, and whose token it is.",
  ],
};

function faultText(fault: unknown): string[] {
  if (typeof fault !== "object" || fault === null || !("path" in fault && "reason" in fault)) return [];
  return [`${String(fault.path).replace(/^\//, "")} ${String(fault.reason)}.`];
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "a part of its path is no folder",
  EISDIR: "it is a folder, and a file is needed",
  EEXIST: "it is there already",
  EACCES: "this user may not; run the command as the user that owns it",
  EPERM: "this user may not; run the command as the user that owns it",
  EROFS: "it lies on a file system that can only be read",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk's quota is used up",
};

/** A fault of the file system in a sentence; undefined for all else. */
function fileText(error: NodeJS.ErrnoException): string | undefined {
  const { code, path, syscall } = error;
  const reason = syscall === "mkdir" && code === "ENOENT" ? "it cannot be made there" : REASONS[code ?? ""];
  if (reason === undefined || syscall === undefined) return undefined;
  return path === undefined
    ? `a file could not be ${syscall === "read" ? "read" : "written"}: ${reason}`
    : `${path}: ${reason}`;
}

/** By SQLite's primary result codes. */
const STORE_REASONS: Readonly<Record<number, string>> = {
  8: "this user may not write the store: run the command as the user that owns it",
  10: "the disk could not be read or written: look at the system's log",
  11: "the store is damaged: keep it aside, and restore a backup with 'stairwell restore'",
  13: "the disk is full: free some space and try again",
  14: "this user may not open the store: run the command as the user that owns it",
  26: "the store is damaged: keep it aside, and restore a backup with 'stairwell restore'",
};

/** A fault of the embedded store in a sentence; undefined for all else. */
function storeText(error: Error): string | undefined {
  return "errcode" in error ? STORE_REASONS[Number(error.errcode) & 0xff] : undefined;
}
