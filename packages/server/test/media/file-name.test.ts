import assert from "node:assert/strict";
import { test } from "node:test";
import { TestServer } from "@stairwell/testing";
import { cleanFileName, dispositionOf } from "../../src/media/file-name.ts";
import { download, uploaded } from "./kit.ts";

test("a file's name is never a path, and hides nothing", () => {
  for (const [given, kept] of [
    ["../../etc/passwd", "passwd"],
    ["C:\\secret\\a.txt", "a.txt"],
    ["..", "file"],
    ["", "file"],
    [null, "file"],
    ["a\r\nSet-Cookie: x=1", "aSet-Cookie: x=1"],
    ["gpj.\u202eexe", "gpj.exe"],
    ["e\u0301.txt", "\u00e9.txt"],
    ["x".repeat(300), "x".repeat(255)],
    ["\ud800.txt", "\ufffd.txt"],
  ] as const) {
    assert.equal(cleanFileName(given), kept);
  }
});

test("a name is quoted for every reader (RFC 6266, RFC 8187)", () => {
  assert.equal(dispositionOf("inline", "a.png"), 'inline; filename="a.png"');
  assert.equal(
    dispositionOf("attachment", "ü\"\\%(1)'*.txt"),
    "attachment; filename=\"____(1)'*.txt\"; filename*=UTF-8''%C3%BC%22%5C%25%281%29%27%2A.txt",
  );
});

test("names of every kind come back as they were given, in headers that are whole", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  for (const name of ["Übersicht 2026.txt", "写真.png", "a;b=c.txt", "100%.txt", "it's (1) *.txt", "🧗.bin"]) {
    const medium = await uploaded(alice, name, { name });
    assert.equal(medium.name, name);
    const disposition = (await download(alice, `/v1/media/download/${medium.media_id}`)).headers.get(
      "content-disposition",
    )!;
    const encoded = /filename\*=UTF-8''(\S+)$/.exec(disposition)?.[1];
    const plain = /filename="([^"\\]*)"/.exec(disposition)![1]!;
    assert.equal(encoded === undefined ? plain : decodeURIComponent(encoded), name);
    assert.match(disposition, /^[\x20-\x7e]+$/);
  }
});
