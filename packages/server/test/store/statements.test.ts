import assert from "node:assert/strict";
import { test } from "node:test";
import { addNote, noteNumbers, openNotes } from "./notes.ts";

test("a statement that fails undoes itself alone, and a command that minds it not goes on", async (t) => {
  const { db } = await openNotes(t);
  await db.write("deployment", (tx) => addNote(tx, 0));
  await db.write("deployment", async (tx) => {
    await addNote(tx, 4);
    await assert.rejects(addNote(tx, 0), /UNIQUE constraint failed/);
  });
  assert.deepEqual(await noteNumbers(db), [0, 4]);
});

test("values have the engine's types", async (t) => {
  const { db } = await openNotes(t);
  const bytes = Buffer.from("x");
  const kinds = await db.get(
    "SELECT typeof($1) AS a, typeof($2) AS b, typeof($3) AS c, typeof($4) AS d",
    "x",
    1n,
    null,
    bytes,
  );
  assert.deepEqual({ ...(kinds as object) }, { a: "text", b: "integer", c: "null", d: "blob" });
});
