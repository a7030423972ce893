import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TestClock } from "@stairwell/testing";
import { openStand } from "./kit.ts";

const method = fc.constantFrom(
  "GET",
  "GET",
  "HEAD",
  "POST",
  "POST",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "FOO",
);
const part = fc.oneof(
  fc.constantFrom(
    "v1",
    "notes",
    "note-1",
    "touch",
    "hint",
    "readyz",
    "metrics",
    "",
    ".",
    "..",
    "%00",
    "%2e%2e",
    "%ff",
    "*",
    ":note_id",
  ),
  fc.string({ unit: "grapheme-ascii", maxLength: 8 }).map((text) => text.replaceAll(/[\s#?]/g, "")),
);
const query = fc.oneof(
  fc.constantFrom("", "?limit=5", "?limit=x", "?limit=1&limit=1", "?token=a", "?__proto__=1", "?%", "?=&&="),
  fc.string({ unit: "grapheme-ascii", maxLength: 8 }).map((text) => `?${text.replaceAll(/\s/g, "")}`),
);
const path = fc
  .tuple(
    fc.oneof(
      fc.constantFrom("v1/notes", "v1/notes/note-1", "v1/notes/note-1/touch"),
      fc.array(part, { maxLength: 5 }).map((parts) => parts.join("/")),
    ),
    query,
  )
  .map(([parts, search]) => `/${parts}${search}`);
const credential = fc.oneof(
  { arbitrary: fc.constant("Authorization: Bearer alice"), weight: 8 },
  {
    arbitrary: fc.constantFrom("Authorization: Bearer admin", "Authorization: Bearer limited", "Authorization: x"),
    weight: 1,
  },
);
const type = fc.oneof(
  { arbitrary: fc.constant("Content-Type: application/json"), weight: 6 },
  { arbitrary: fc.constantFrom("Content-Type: text/plain", "Content-Type: ;", "Accept: */*"), weight: 1 },
);
const header = fc.constantFrom(
  "Content-Encoding: gzip",
  "Idempotency-Key: k",
  "Idempotency-Key: a b",
  "X-Request-Id: abc",
  "X-Request-Id: \u0001",
  "__proto__: 1",
  "Expect: 100-continue",
  "Connection: upgrade\r\nUpgrade: websocket",
  "Transfer-Encoding: chunked",
  "Range: bytes=0-1",
  "Accept-Version: 1.0.0",
);
const headers = fc
  .tuple(credential, type, fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, fc.array(header, { maxLength: 2 })))
  .map(([first, second, more]) => [first, second, ...more]);
const body = fc.oneof(
  fc.constantFrom(
    "",
    "{}",
    '{"text":"a"}',
    '{"text":1}',
    "[]",
    "null",
    '{"text":"a","text":"b"}',
    '{"why":"x"}',
    "{",
    '{"__proto__":1}',
  ),
  fc.json(),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);

test("AP5 no request of any shape makes the door fail, and each answer has the one form", async (t) => {
  const { raw, lines } = await openStand(t, { clock: new TestClock() });
  await fc.assert(
    fc.asyncProperty(method, path, headers, body, async (verb, target, fields, text) => {
      const length = `Content-Length: ${text.length}`;
      const head = [`${verb} ${target} HTTP/1.1`, "Host: x", "Connection: close", length, ...fields].join("\r\n");
      const got = await raw(Buffer.from(`${head}\r\n\r\n${text}`, "latin1"));
      const answer = got.replace(/^HTTP\/1.1 100 [^]*?\r\n\r\n/, "");
      const status = Number(/^HTTP\/1.1 (\d{3}) /.exec(answer)?.[1]);
      assert.ok(status >= 200 && status < 500, answer || "no answer");
      const [top, content] = [answer.split("\r\n\r\n", 1)[0]!, answer.slice(answer.indexOf("\r\n\r\n") + 4)];
      if (verb === "HEAD" || !/content-type: application\/json/i.test(top)) return;
      assert.deepEqual(Object.keys(JSON.parse(content) as object)[0], status < 400 ? "data" : "error", content);
    }),
    { numRuns: 600 },
  );
  assert.deepEqual(lines, []);
});
