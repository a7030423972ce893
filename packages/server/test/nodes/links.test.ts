import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { assertOk, S3Server } from "@stairwell/testing";
import { download, uploaded } from "../media/kit.ts";
import { startNodes } from "./network.ts";

test("AP7 a link to a file that one node signed another one answers, and none that was changed", async (t) => {
  const s3 = (await S3Server.shared()).options();
  const [a, b] = await startNodes(t, 2, { media: { maxBytes: 1_000_000, keepUnusedSeconds: 86_400, s3 } });
  const alice = await a.person("alice").signIn();
  const bytes = randomBytes(5000);
  const { media_id: id } = await uploaded(alice, bytes);
  const { url } = assertOk(await alice.get(`/v1/media/signed/${id}`)).data as { url: string };
  const { pathname, search } = new URL(url, a.url);
  const answered = await download(undefined, pathname + search, { url: b.url });
  assert.deepEqual([answered.status, answered.bytes], [200, bytes]);
  const at = search.length - 5;
  const other = search.slice(0, at) + (search[at] === "A" ? "B" : "A") + search.slice(at + 1);
  assert.equal((await download(undefined, pathname + other, { url: b.url })).status >= 400, true);
  // What was uploaded at the one is read at the other by its id too.
  assert.deepEqual((await download(b.person("alice"), `/v1/media/download/${id}`)).bytes, bytes);
});
