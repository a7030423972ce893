import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { readConversation } from "./read-conversation.ts";

function file(t: TestContext, bytes: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "talk");
  writeFileSync(path, bytes);
  return path;
}

function message(id: string, more: object = {}): string {
  return JSON.stringify({ id, type: "message", nick: "ada", text: "hello", ...more });
}

test("a file is read the same as it is and gzipped, with and without its last line feed", (t) => {
  const text = [message("a"), message("b", { reply_to: "a" })].join("\n");
  const plain = readConversation(file(t, text));
  assert.deepEqual(
    plain.lines.map(({ id, number }) => [id, number]),
    [
      ["a", 1],
      ["b", 2],
    ],
  );
  assert.deepEqual(plain.faults, []);
  assert.deepEqual(readConversation(file(t, `${text}\n`)), plain);
  assert.deepEqual(readConversation(file(t, gzipSync(text))), plain);
});

test("a line ends at a line feed and nowhere else", (t) => {
  const text = `{"id":"a","type":"message","nick":"ada","text":"one\u2028two\u0085three"}\n`;
  const { lines, faults } = readConversation(file(t, text));
  assert.deepEqual(faults, []);
  assert.equal(lines[0]!.text, "one\u2028two\u0085three");
});

test("all bad lines of a file are told, each with its number", (t) => {
  const text = Buffer.concat([
    Buffer.from([message("a"), "nonsense", message("a"), "", message("b", { reply_to: "c" })].join("\n")),
    Buffer.from('\n"\xff"\n', "latin1"),
    Buffer.from(message("c", { reply_to: "c" })),
  ]);
  assert.deepEqual(readConversation(file(t, text)).faults, [
    { number: 2, problem: "is not JSON" },
    { number: 3, problem: "has the id of line 1, a" },
    { number: 4, problem: "is not JSON" },
    { number: 5, problem: "replies to c, which is no earlier line" },
    { number: 6, problem: "is not UTF-8" },
    { number: 7, problem: "replies to c, which is no earlier line" },
  ]);
});

test("a limit takes the first lines, whatever follows", (t) => {
  const path = file(t, [message("a"), message("b"), "nonsense"].join("\n"));
  assert.deepEqual(
    readConversation(path, 2).lines.map(({ id }) => id),
    ["a", "b"],
  );
  assert.deepEqual(readConversation(path, 2).faults, []);
});
