import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import type { MediaId } from "@stairwell/protocol";
import { TestServer } from "@stairwell/testing";
import { FileBlobStore, Staging } from "../../src/blobs/index.ts";
import { Digests } from "../../src/media/digest.ts";
import { fetchMedium, type FetchParts } from "../../src/media/fetch-medium.ts";
import { insertForeign } from "../../src/media/foreign.store.ts";
import { findMediumByNo, insertMedium } from "../../src/media/media.store.ts";
import { Painter } from "../../src/media/painter.ts";
import { findRoom } from "../../src/state/index.ts";
import { findTenant } from "../../src/tenants/index.ts";
import { png } from "./kit.ts";

test("FD19 a file that two nodes fetch at once leaves nothing of the slower one, though it alone made a thumbnail", async (t) => {
  const server = await TestServer.start(t);
  const { db } = server;
  const [alice] = await server.people("alice");
  const tenant = (await findTenant(db, 1))!;
  const at = (await findRoom(db, 1, await alice.roomWith([])))!;
  const bytes = await png(400, 300);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const staging = await Staging.open(join(server.data, "test-staging"));
  const [seeing, blind] = [new Painter(), new Painter()];
  t.after(() => seeing.stop());
  blind.stop();
  const digests = new Digests(randomBytes(32));
  const medium = await db.write({ tenantNo: 1 }, async (tx) => {
    const said = { name: "a.png", sha256, mimeType: "image/png", width: null, height: null };
    const row = { tenantNo: 1, mediaId: "med-far" as MediaId, blobNo: null, roomNo: 0, key: null, said, uploaderNo: 1 };
    const mediaNo = await insertMedium(tx, { ...row, thumbnailOf: null });
    const digest = digests.of(1, null, sha256);
    const far = { serverName: "far.example", roomNo: at.roomNo, size: bytes.length, digest };
    await insertForeign(tx, { tenantNo: 1, mediaNo, ...far });
    return (await findMediumByNo(tx, 1, mediaNo))!;
  });
  const bring = () => staging.keep(Buffer.from(bytes));
  const blobs = new FileBlobStore(join(server.data, "blobs"));
  const faster: FetchParts = { db, blobs, staging, digests, painter: blind, maxBytes: 1e6, bring };
  const slower = {
    ...faster,
    painter: seeing,
    async bring() {
      await fetchMedium(faster, tenant, medium);
      return bring();
    },
  };
  await fetchMedium(slower, tenant, medium);
  assert.deepEqual(
    await db.all(
      "SELECT size, (SELECT count(*) FROM media m WHERE m.tenant_no = b.tenant_no AND m.blob_no = b.blob_no) AS named FROM blobs b",
    ),
    [{ size: bytes.length, named: 1 }],
  );
  assert.deepEqual(await db.all("SELECT bytes FROM storage"), [{ bytes: bytes.length }]);
});
