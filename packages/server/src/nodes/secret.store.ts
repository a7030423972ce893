import { randomBytes } from "node:crypto";
import type { Db, Reader, Tx } from "../db/index.ts";
import { NO_TENANT } from "./scope.ts";

const BYTES = 32;
/** Of its row. */
export const SECRET_NAME = "server";

/**
 * The secret that all nodes of a store share, in a row of it: 32 random bytes, made at the first start. It signs
 * cursors, links and tickets, and seals kept answers.
 */
export async function sharedSecret(db: Db): Promise<Uint8Array> {
  return (
    (await findSharedSecret(db)) ?? db.write(NO_TENANT, async (tx) => (await findSharedSecret(tx)) ?? makeSecret(tx))
  );
}

async function makeSecret(tx: Tx): Promise<Uint8Array> {
  const secret = randomBytes(BYTES);
  await tx.run("INSERT INTO secrets (name, bytes) VALUES ($1, $2)", SECRET_NAME, secret);
  return secret;
}

/** It, where a server has made it. */
export async function findSharedSecret(reader: Reader): Promise<Uint8Array | undefined> {
  return (await reader.get<{ bytes: Uint8Array }>("SELECT bytes FROM secrets WHERE name = $1", SECRET_NAME))?.bytes;
}
