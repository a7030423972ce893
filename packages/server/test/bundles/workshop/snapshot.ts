import { readdirSync } from "node:fs";
import { join } from "node:path";
import { tablesOf, type TestServer } from "@stairwell/testing";

/** Folders of a data folder in which a bundle could leave something. */
const FOLDERS = ["staging", "blobs"];

/** What is there, but for what signing in and failing leave: the rows of each table, and every file. */
export async function snapshotOf(server: TestServer): Promise<Record<string, number | string[]>> {
  const found: Record<string, number | string[]> = {};
  for (const name of await tablesOf(server.db))
    found[name] = (await server.db.get<{ n: number }>(`SELECT count(*) AS n FROM ${name}`))!.n;
  for (const folder of FOLDERS) found[`${folder}/`] = filesIn(join(server.data, folder));
  return found;
}

function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
