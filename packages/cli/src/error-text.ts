import { StairwellApiError } from "@stairwell/client";

/** What is said of whatever ended a command: what is wrong, and what to do about it where that is known. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof StairwellApiError) return refusalText(error);
  return fileText(error) ?? error.message;
}

function refusalText({ message, status, details, code, requestId }: StairwellApiError): string {
  const faults = Array.isArray(details) ? details.flatMap(faultText) : [];
  const said = [message, ...faults].join(" ");
  if (status === 401) return `${said} 'stairwell token create' mints another token.`;
  if (code === "UNREADABLE_ANSWER") return `${said}: is --url that of a Stairwell server?`;
  return status < 500 || requestId === null ? said : `${said} The server's log says more at ${requestId}.`;
}

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
  const reason = REASONS[code ?? ""];
  if (reason === undefined || syscall === undefined) return undefined;
  return path === undefined
    ? `a file could not be ${syscall === "read" ? "read" : "written"}: ${reason}`
    : `${path}: ${reason}`;
}
