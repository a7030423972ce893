import { randomBytes } from "node:crypto";
import { openSqliteReader } from "@stairwell/server/testing";
import type { ChildServer } from "@stairwell/testing";
import { MEDIUM } from "../bundles/workshop/good.ts";
import { makeManifest, type MadeEvent, sampleEvents, sha256 } from "../bundles/workshop/manifest-maker.ts";
import { makeZip } from "../bundles/workshop/zip-maker.ts";

/** Events of a room that is imported from `largeBundle`: its own first, those of the source, and its messages. */
export const eventsOf = (messages: number): number => 4 + 2 + 8 + messages;

/** Makes a bundle one that is checked in a process of its own. */
export const LARGE_MEDIUM = Buffer.from(randomBytes(600_000).toString("hex"));

/** A bundle of so many messages and one medium. */
export function largeBundle(messages: number, medium: Buffer = MEDIUM): Buffer<ArrayBuffer> {
  const made = Array.from({ length: messages }, (_, i): MadeEvent => ({
    type: "swp.room.message",
    content: { body: `${i}`, reply_to_event_id: "evt-far-3" },
  }));
  const manifest = makeManifest([...sampleEvents(medium), ...made], [medium]);
  return makeZip([
    { name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)), deflated: true },
    { name: `media/${sha256(medium)}`, content: medium },
  ]);
}

/** What the store of a folder has, whoever has it open. */
export async function countsIn(folder: string) {
  const store = openSqliteReader(folder);
  try {
    const row = await store.get<{ rooms: number; unended: number; events: number; media: number }>(
      `SELECT (SELECT count(*) FROM rooms) AS rooms, (SELECT count(*) FROM imports WHERE last_seq IS NULL) AS unended,
         (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM media WHERE blob_no IS NOT NULL) AS media`,
    );
    return row!;
  } finally {
    await store.close();
  }
}

/** Waits until what imports that did not end have left is taken away. */
export async function forgotten(server: ChildServer): Promise<void> {
  while ((await countsIn(server.data)).unended > 0) await server.person("alice").get("/v1/me");
}
