import { createRequire } from "node:module";
import type { Tx } from "../db/index.ts";
import { randomBytes } from "../lib/random.ts";
import { slugOf } from "../lib/slug.ts";
import { findRoomByAlias } from "../state/index.ts";

const SLUG_LENGTH = 64;
/** Six characters of a 32-letter alphabet: 2^30 values. */
const SUFFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
const SUFFIX_LENGTH = 6;

/**
 * A new room's alias, `#slug:server_name`. Only a room that is public from the start bears the bare slug, and
 * only while nobody else has it; all others get a random suffix, so that an alias tells nobody of a hidden room.
 */
export async function newAlias(
  tx: Tx,
  tenant: { tenantNo: number; serverName: string },
  name: string | null,
  isPublic: boolean,
): Promise<string> {
  const slug = slugOf(inAscii(name ?? ""), SLUG_LENGTH - SUFFIX_LENGTH - 1) || "room";
  const bare = `#${slug}:${tenant.serverName}`;
  if (isPublic && (await isFree(tx, tenant.tenantNo, bare))) return bare;
  for (;;) {
    const alias = `#${slug}-${suffix()}:${tenant.serverName}`;
    if (await isFree(tx, tenant.tenantNo, alias)) return alias;
  }
}

const require = createRequire(import.meta.url);

/** Transliterates. Its half a megabyte of tables is loaded with the first name that needs one; within a transaction, so at once. */
function inAscii(name: string): string {
  if (!NOT_ASCII.test(name)) return name;
  return (require("any-ascii") as typeof import("any-ascii")).default(name);
}

const NOT_ASCII = /[^\0-\x7f]/;

async function isFree(tx: Tx, tenantNo: number, alias: string): Promise<boolean> {
  return (await findRoomByAlias(tx, tenantNo, alias)) === undefined;
}

function suffix(): string {
  return Array.from(randomBytes(SUFFIX_LENGTH), (byte) => SUFFIX_LETTERS[byte % SUFFIX_LETTERS.length]).join("");
}
