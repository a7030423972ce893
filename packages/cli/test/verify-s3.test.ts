import assert from "node:assert/strict";
import { test } from "node:test";
import { S3Server, TestServer } from "@stairwell/testing";
import { configOf, stairwell, tempFolder } from "./command-line.ts";

test("verify reads files where the configuration says that they are", async (t) => {
  const s3 = (await S3Server.shared()).options();
  const data = tempFolder(t);
  const server = await TestServer.start(t, { data, media: { maxBytes: 1000, keepUnusedSeconds: 86_400, s3 } });
  const [alice] = await server.people("alice");
  const form = new FormData();
  form.set("file", new Blob(["in the bucket"]), "note.txt");
  const headers = { authorization: `Bearer ${alice.credential}` };
  assert.equal((await fetch(`${server.url}/v1/media/upload`, { method: "POST", headers, body: form })).status, 201);
  await server.stop();

  const config = configOf(t, s3);
  const whole = await stairwell("verify", "--data", data, "--config", config);
  assert.deepEqual([whole.code, /all is well/.test(whole.data)], [0, true], whole.data + whole.messages);
  const elsewhere = await stairwell("verify", "--data", data);
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.data, /the file is missing, or cannot be read/);
});
