import { freshDatabase, type TestDatabase } from "./databases.ts";

/** Which engine the tests of this process run on. */
export const ENGINE = process.env["STAIRWELL_TEST_ENGINE"] === "postgres" ? "postgres" : "sqlite";

/** Those in use, by the data folder of the servers that use them. */
const stores = new Map<string, { database: Promise<TestDatabase>; users: number }>();

/**
 * Where the servers of a data folder have their rows under the engine that is tested; undefined for the folder itself.
 * A server that starts again on the same folder finds what it left. Dropped once every test that uses it is over: call
 * `release` after the server ended.
 */
export async function storeOf(data: string): Promise<{ url: string | undefined; release: () => Promise<void> }> {
  if (ENGINE === "sqlite") return { url: undefined, release: async () => {} };
  let store = stores.get(data);
  if (store === undefined) stores.set(data, (store = { database: freshDatabase(), users: 0 }));
  store.users++;
  const { url, drop } = await store.database;
  return {
    url,
    async release() {
      if (--store.users > 0) return;
      stores.delete(data);
      await drop();
    },
  };
}
