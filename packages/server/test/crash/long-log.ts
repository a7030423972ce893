import { copyFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { TestServer } from "@stairwell/testing";
import { openSqliteReader } from "../../src/db/index.ts";
import { tempFolder } from "../support/store.ts";
import { openRooms } from "./load.ts";

/** Bytes of some 4,000 pages: a start has much to move. */
const LONG = 3900 * 8216;
const TEXT = "y".repeat(60_000);
const FILES = ["secret", "stairwell.db", "stairwell.db-wal"];

/** A store with rooms to send to, whose log is long. */
export interface LongLog {
  readonly rooms: readonly string[];
  /** Bytes of the database file before the move. */
  readonly size: number;
  /** A new folder with a copy of the store. */
  copy(): string;
}

/** The files of such a store are copied while its server runs, which is what a crash leaves. */
export async function makeLongLog(t: TestContext): Promise<LongLog> {
  const image = tempFolder(t);
  const server = await TestServer.start(t);
  const [person] = await server.people("filler");
  await server.liftLimits();
  const rooms = await openRooms(server);
  const room = await person.roomWith([]);
  const reader = openSqliteReader(server.data);
  t.after(() => reader.close());
  // While somebody reads what was there before it, nothing of the log is moved.
  await reader.snapshot(async (before) => {
    await before.all("SELECT 1 FROM tenants");
    while (statSync(join(server.data, "stairwell.db-wal")).size < LONG) await person.say(room, TEXT);
  });
  const copyTo = (folder: string, from: string): string => {
    for (const file of FILES) copyFileSync(join(from, file), join(folder, file));
    return folder;
  };
  copyTo(image, server.data);
  return { rooms, size: statSync(join(image, "stairwell.db")).size, copy: () => copyTo(tempFolder(t), image) };
}
