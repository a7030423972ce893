import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "@stairwell/protocol/schema";
import type { Static } from "typebox";
import { checkerOf } from "../lib/checker.ts";
import { BackupError } from "./backup-error.ts";

/** Written last: a folder without it is no backup, or not a whole one. */
const NOTE = "backup.json";
const FORMAT = 1;

const Note = Type.Object({
  format: Type.Literal(FORMAT),
  /** The moment that the backup is of, RFC 3339. */
  made_at: Type.String(),
  schema_version: Type.Integer(),
  /** Of the store's file. */
  store_bytes: Type.Integer(),
  media: Type.Integer(),
  media_bytes: Type.Integer(),
  /** The bucket that has the media, which are none of the backup then. */
  bucket: Type.Optional(Type.String()),
});

/** What a backup says of itself. */
export type BackupNote = Omit<Static<typeof Note>, "format">;

export async function writeNote(folder: string, note: BackupNote): Promise<void> {
  const file = await open(join(folder, NOTE), "wx", 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ format: FORMAT, ...note }, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The note of a backup. `BackupError` where there is none, or one of another program. */
export function readNote(folder: string): BackupNote {
  const note = parsed(join(folder, NOTE));
  if (note === undefined) {
    throw new BackupError(
      "not_found",
      `There is no whole backup in ${folder}: it has no ${NOTE}, which 'stairwell backup' writes last.`,
    );
  }
  if (!checkerOf(Note).test(note)) {
    throw new BackupError(
      "failed",
      `The backup in ${folder} is of another version, or ${NOTE} is damaged: restore it with the stairwell that made it.`,
    );
  }
  const { format: _, ...said } = note as Static<typeof Note>;
  return said;
}

function parsed(path: string): object | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
