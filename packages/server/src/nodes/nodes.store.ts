import type { Reader, Tx } from "../db/index.ts";

/** A process that uses the store. */
export interface NodeRow {
  readonly nodeId: string;
  /** Grows for as long as the process lives. */
  readonly beat: number;
}

/** Answers whether the node is still known: nobody has taken it for dead. */
export async function beatNode(tx: Tx, nodeId: string): Promise<boolean> {
  return (await tx.run("UPDATE nodes SET beat = beat + 1 WHERE node_id = $1", nodeId)) === 1;
}

export async function insertNode(tx: Tx, nodeId: string): Promise<void> {
  await tx.run("INSERT INTO nodes (node_id, beat) VALUES ($1, 1)", nodeId);
}

export async function listNodes(reader: Reader): Promise<NodeRow[]> {
  const rows = await reader.all<{ node_id: string; beat: number }>("SELECT node_id, beat FROM nodes");
  return rows.map((row) => ({ nodeId: row.node_id, beat: row.beat }));
}

/** Takes a node that did not beat again off the record, with all that it held. */
export async function deleteNode(tx: Tx, { nodeId, beat }: NodeRow): Promise<void> {
  if ((await tx.run("DELETE FROM nodes WHERE node_id = $1 AND beat = $2", nodeId, beat)) === 1) {
    await deleteHeld(tx, nodeId);
  }
}

/** Takes a node that ends off the record, with all that it held. */
export async function deleteOwnNode(tx: Tx, nodeId: string): Promise<void> {
  await tx.run("DELETE FROM nodes WHERE node_id = $1", nodeId);
  await deleteHeld(tx, nodeId);
}

async function deleteHeld(tx: Tx, nodeId: string): Promise<void> {
  await tx.run("DELETE FROM leases WHERE holder = $1", nodeId);
  await tx.run("DELETE FROM places WHERE holder = $1", nodeId);
}

/** Takes a lease that nobody holds. */
export function takeLease(tx: Tx, name: string, nodeId: string): Promise<number> {
  return tx.run("INSERT INTO leases (name, holder) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, nodeId);
}

export async function holdsLease(reader: Reader, name: string, nodeId: string): Promise<boolean> {
  const row = await reader.get("SELECT 1 AS held FROM leases WHERE name = $1 AND holder = $2", name, nodeId);
  return row !== undefined;
}

/** The node that holds a lease. */
export async function findHolder(reader: Reader, name: string): Promise<string | undefined> {
  return (await reader.get<{ holder: string }>("SELECT holder FROM leases WHERE name = $1", name))?.holder;
}

export function dropLease(tx: Tx, name: string, nodeId: string): Promise<number> {
  return tx.run("DELETE FROM leases WHERE name = $1 AND holder = $2", name, nodeId);
}

/** The names of the leases that some node holds. */
export async function listLeases(reader: Reader): Promise<string[]> {
  return (await reader.all<{ name: string }>("SELECT name FROM leases")).map(({ name }) => name);
}

export async function listLeasesOf(reader: Reader, nodeId: string): Promise<string[]> {
  return (await reader.all<{ name: string }>("SELECT name FROM leases WHERE holder = $1", nodeId)).map(
    ({ name }) => name,
  );
}
