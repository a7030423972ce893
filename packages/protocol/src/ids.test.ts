import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { text } from "../test/json.ts";
import { always } from "../test/property.ts";
import { fqidOf, isServerFqid, LOCAL_ID, parseFqid, SERVER_NAME, serverFqid } from "./ids.ts";

const localId = fc.stringMatching(LOCAL_ID);
const serverName = fc
  .tuple(fc.domain(), fc.option(fc.integer({ min: 1, max: 65535 }).filter((port) => port !== 443)))
  .map(([domain, port]) => `${domain.toLowerCase()}${port === null ? "" : `:${port}`}`);

test("local ids are 1 to 64 letters, digits, dots, dashes and underscores, and begin with a letter or digit", () => {
  for (const id of ["a", "0", "alice", "a.b_c-d", "9".repeat(64)]) assert.match(id, LOCAL_ID);
  const wrong = ["", ".a", "-a", "_a", "A", "ä", "a b", "a:b", "@a", "a\n", "\na", "a".repeat(65), "ａ", "a\u200d"];
  for (const id of wrong) assert.doesNotMatch(id, LOCAL_ID);
});

test("server names are host names in lower case, with a port or without", () => {
  const right =
    "a acme.example xn--bcher-kva.example 127.0.0.1 a-b.c0:8448 localhost:1 a:80 a:444 a:4430 a:9999 a:10000 a:59999 a:64999 a:65499 a:65529 a:65535".split(
      " ",
    );
  const longest = `${"a.".repeat(126)}a`;
  for (const name of [...right, `${"a".repeat(63)}.b`, longest, `${longest}:65535`]) assert.match(name, SERVER_NAME);

  const names = ". a. .a a..b -a a- a_b Acme.example bücher.example a/b a@b [::1]".split(" ");
  const ports = "a: a:0 a:08 a:65536 a:65540 a:65600 a:66000 a:70000 a:99999 a:123456 a:b a:1:2 :1 a:443".split(" ");
  const others = ["", "a b", " a", "a\n", "a:1\n", `${"a".repeat(64)}.b`, `${longest}a`];
  for (const name of [...names, ...ports, ...others]) assert.doesNotMatch(name, SERVER_NAME);
});

test("an FQID is taken apart into what it was made of", () => {
  always(fc.tuple(localId, serverName), 2000, ([id, server]) => {
    const fqid = fqidOf(id, server);
    assert.equal(fqid, `@${id}:${server}`);
    assert.deepEqual(parseFqid(fqid), { localId: id, serverName: server });
    assert.equal(isServerFqid(fqid), false);
  });
});

test("no other text is taken for an FQID", () => {
  for (const other of [
    "",
    "@",
    "@a",
    "@a:",
    "@:a",
    "a:b",
    "@a@b:c",
    "@A:b",
    "@a:B",
    " @a:b",
    "@a:b ",
    "@a:b:c",
    "@room",
  ]) {
    assert.equal(parseFqid(other), undefined, other);
  }
  const likely = fc.string({ unit: fc.constantFrom("@", ":", "a", "A", ".", "-", "1", "\n", "é"), maxLength: 8 });
  always(fc.oneof(likely, text), 5000, (other) => {
    const parts = parseFqid(other);
    if (parts !== undefined) assert.equal(fqidOf(parts.localId, parts.serverName), other);
  });
});

test("a server as a sender is nobody's FQID", () => {
  always(serverName, 500, (server) => {
    const fqid = serverFqid(server);
    assert.ok(isServerFqid(fqid));
    assert.equal(parseFqid(fqid), undefined);
  });
});
