import { CommanderError } from "commander";

/** What a command's exit code says (spec/operations.md, "Command line"). */
export const EXIT = { ok: 0, failed: 1, usage: 2, auth: 3, notFound: 4, conflict: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command was called in a way that it does not take. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The exit code for whatever ended a command. */
export function exitCodeOf(error: unknown): ExitCode {
  // Help and version end a command as errors with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError) return EXIT.usage;
  if (!(error instanceof Error)) return EXIT.failed;
  if (error.name === "ConfigError") return EXIT.usage;
  if (["ControlError", "BackupError", "MoveError"].includes(error.name) && "kind" in error)
    return codeOfKind(error.kind);
  if (error.name === "StairwellApiError" && "status" in error) return codeOfStatus(error.status);
  if (["FolderTakenError", "StoreMovedError"].includes(error.name) || codeIn(error) === "EADDRINUSE")
    return EXIT.conflict;
  if (error.name === "StoreMissingError") return EXIT.notFound;
  // What the command was told to read.
  if (codeIn(error) === "ENOENT" && "path" in error && !("syscall" in error && error.syscall === "mkdir"))
    return EXIT.notFound;
  return EXIT.failed;
}

function codeIn(error: Error): unknown {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if ("code" in at) return at.code;
  return undefined;
}

function codeOfKind(kind: unknown): ExitCode {
  if (kind === "usage") return EXIT.usage;
  if (kind === "not_found") return EXIT.notFound;
  return kind === "conflict" ? EXIT.conflict : EXIT.failed;
}

function codeOfStatus(status: unknown): ExitCode {
  if (status === 400) return EXIT.usage;
  if (status === 401 || status === 403) return EXIT.auth;
  if (status === 404) return EXIT.notFound;
  return status === 409 ? EXIT.conflict : EXIT.failed;
}
