import assert from "node:assert/strict";
import { test } from "node:test";
import type { MediaId } from "@stairwell/protocol";
import { assertOk, TestServer } from "@stairwell/testing";
import { findMediumByNo, insertRef } from "../../src/media/index.ts";
import { findBlobNoOf } from "../../src/media/foreign.store.ts";
import { insertMedium } from "../../src/media/media.store.ts";
import { findRoom } from "../../src/state/index.ts";
import { exported } from "./exporting.ts";
import { importing } from "./importing.ts";
import { MEDIUM, MEDIUM_ENTRY } from "./workshop/good.ts";
import { makeManifest, sampleEvents } from "./workshop/manifest-maker.ts";
import { makeZip } from "./workshop/zip-maker.ts";

test("BU16 of a file that was sent under more names than an import takes, an export has the first ones", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const plain = Array.from({ length: 1010 }, (_, i) => ({ type: "swp.room.message", content: { body: `${i}` } }));
  const manifest = makeManifest([...sampleEvents(MEDIUM), ...plain], [MEDIUM]);
  const bytes = makeZip([
    { name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)), deflated: true },
    { name: MEDIUM_ENTRY, content: MEDIUM },
  ]);
  const { id } = assertOk(await importing(alice, bytes)).data;
  // As if the file had been sent with each of the last messages, each time by another name.
  const at = (await findRoom(server.db, 1, id))!;
  const { media_no: mediaNo, head } = (await server.db.get<{ media_no: number; head: number }>(
    "SELECT max(media_no) AS media_no, (SELECT max(position) FROM events WHERE room_no = $1) AS head FROM media",
    at.roomNo,
  ))!;
  await server.db.write({ tenantNo: 1 }, async (tx) => {
    const { sha256, mimeType, uploaderNo } = (await findMediumByNo(tx, 1, mediaNo))!;
    const blobNo = (await findBlobNoOf(tx, 1, mediaNo))!;
    for (let i = 0; i < 1005; i++) {
      const said = { name: `${i}.txt`, sha256, mimeType, width: null, height: null };
      const medium = { tenantNo: 1, mediaId: `med-${i}` as MediaId, blobNo, roomNo: 0, key: null, said, uploaderNo };
      const made = await insertMedium(tx, { ...medium, thumbnailOf: null });
      await insertRef(tx, at, head - 1004 + i, head - 1004 + i, made);
    }
  });
  const bundle = await exported(t, alice, id);
  const { names } = bundle.manifest.media[0]!;
  assert.deepEqual(names, ["a.txt", ...Array.from({ length: 999 }, (_, i) => `${i}.txt`)]);
  assertOk(await importing(alice, bundle.bytes, { dry_run: "true" }));
});
