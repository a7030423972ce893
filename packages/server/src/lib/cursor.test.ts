import assert from "node:assert/strict";
import { test } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import { Cursors, type CursorScope } from "./cursor.ts";

const cursors = new Cursors(Buffer.alloc(32, 1));
const scope: CursorScope = { tenantNo: 1, participantNo: 2, operation: "listRooms", filters: { q: "a", sort: "name" } };
const refused = (error: unknown): boolean =>
  error instanceof StairwellError &&
  error.code === "SW_REQUEST_INVALID" &&
  JSON.stringify(error.info.details).includes('"?cursor"');

test("AP7 a cursor gives back its key in its own list", () => {
  for (const key of [[], [1, "x", null], ["größe", Number.MAX_SAFE_INTEGER, -1.5]]) {
    assert.deepEqual(cursors.decode(scope, cursors.encode(scope, key)), key);
  }
  const reordered = { ...scope, filters: { sort: "name", limit: undefined, q: "a" } };
  assert.deepEqual(cursors.decode(reordered, cursors.encode(scope, [5])), [5]);
});

test("AP7 a cursor of another tenant, caller, list or filter is refused", () => {
  const cursor = cursors.encode(scope, [1, "x"]);
  for (const other of [
    { tenantNo: 2 },
    { participantNo: 3 },
    { operation: "listMembers" },
    { filters: {} },
    { filters: { q: "b", sort: "name" } },
    { filters: { q: "a", sort: "name", state: "open" } },
  ]) {
    assert.throws(() => cursors.decode({ ...scope, ...other }, cursor), refused);
  }
  assert.throws(() => new Cursors(Buffer.alloc(32, 2)).decode(scope, cursor), refused);
});

test("AP7 a cursor that was made up, cut or changed is refused, and says nothing of its key", () => {
  const cursor = cursors.encode(scope, ["secret name"]);
  assert.equal(Buffer.from(cursor, "base64url").includes("secret"), false);
  for (const text of ["x", "é", cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, btoa("[1]"), "A".repeat(1024)]) {
    assert.throws(() => cursors.decode(scope, text), refused);
  }
});

test("AP7 the longest sort key still makes a cursor that a query takes", () => {
  const cursor = cursors.encode(scope, [Number.MAX_SAFE_INTEGER, "\u{10ffff}".repeat(128), Number.MAX_SAFE_INTEGER]);
  assert.ok(cursor.length <= 1024, `${cursor.length}`);
});
