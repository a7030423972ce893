import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { verify } from "@stairwell/server/testing";
import { findHead } from "../../src/events/index.ts";
import { findMember, findRoom, type StoredRoom } from "../../src/state/index.ts";
import { findByFqid } from "../../src/participants/index.ts";
import type { Home } from "./world.ts";

/** How long servers may take until they agree. */
const PATIENCE_MS = 60_000;

/** Waits until something holds, looking again and again; fails with the last reason. */
export async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(Date.now() < deadline, `${what} did not come`);
    await setTimeout(5);
  }
}

export async function roomAt({ server, tenant }: Home, roomId: string): Promise<StoredRoom | undefined> {
  return findRoom(server.db, tenant.tenantNo, roomId);
}

/** The head hash of a room on a server. */
export async function headAt(home: Home, roomId: string): Promise<string | undefined> {
  const stored = await roomAt(home, roomId);
  return stored && (await findHead(home.server.db, stored))?.hash;
}

/** Waits until all servers of a room have the same end of its log (FD18); answers its hash. */
export async function settled(homes: readonly Home[], roomId: string): Promise<string> {
  return until(async () => {
    const heads = await Promise.all(homes.map((home) => headAt(home, roomId)));
    return heads.every((head) => head !== undefined && head === heads[0]) ? heads[0] : undefined;
  }, "an equal head on all servers");
}

/** What of a room's fold is the same on all servers. */
export async function foldAt(home: Home, roomId: string, people: readonly string[]): Promise<object> {
  const stored = (await roomAt(home, roomId))!;
  const { isPublic: _, workspaceId: __, ...room } = stored.room;
  const members = [];
  for (const fqid of people) {
    const who = await findByFqid(home.server.db, home.tenant.tenantNo, fqid);
    members.push(who && (await findMember(home.server.db, stored, who.participantNo)));
  }
  return { room, members };
}

/** Holds the stores of servers against themselves: every log against its hashes, its signatures and its rows. */
export async function sound(...homes: readonly Home[]): Promise<void> {
  for (const { server, name } of homes) assert.deepEqual((await verify(server.db)).findings, [], name);
}
