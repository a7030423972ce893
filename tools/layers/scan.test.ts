import assert from "node:assert/strict";
import { test } from "node:test";
import { importsOf } from "./imports.ts";
import { lineOf, scan } from "./scan.ts";

const texts = (source: string): string[] => scan(source).literals.map(({ text }) => text);
const specifiers = (source: string): (string | undefined)[] =>
  importsOf("packages/server/src/rooms/a.ts", scan(source)).map(({ specifier }) => specifier);

test("comments and the insides of literals are blanked and every offset is kept", () => {
  const source = `a("x\\"y"); // "no"\n/* 'no'\n */ b('z') / 2;`;
  const { code } = scan(source);
  assert.equal(code.length, source.length);
  assert.equal(code, `a("    ");        \n       \n    b(' ') / 2;`);
  assert.deepEqual(texts(source), [`x\\"y`, "z"]);
});

test("templates are read through nested templates and objects", () => {
  assert.deepEqual(texts("`a ${f({ b: `c ${d} e` })} g` + 'h'"), ["a ${} g", "c ${} e", "h"]);
  assert.match(scan("`a ${Date.now()} b`").code, /Date\.now\(\)/);
});

test("a regular expression is not taken for quotes, nor a division for a regular expression", () => {
  assert.deepEqual(texts(`const q = /["'\`/[/"]]/g; f("a");`), ["a"]);
  assert.deepEqual(texts(`return /"/.test(x) ? "a" : b / c / "d";`), ["a", "d"]);
  assert.deepEqual(texts(`(a) / b; "c"; d[0] / 2; "e"`), ["c", "e"]);
});

test("text of TSX with an apostrophe spoils its own line only", () => {
  assert.deepEqual(specifiers(`const a = <p>don't</p>;\nimport b from "b";\nconst c = <br />;`), ["b"]);
});

test("every way of importing is found, in comments and strings none", () => {
  const source = `
    import "a";
    import b, { type B as C } from "b"; import * as c from 'c';
    import type { D,
      E } from "d";
    export * from "e"; export * as f from "f"; export type { G } from "g";
    const h = await import("h"); type I = import("i").I; const j = require("j");
    new Worker(new URL("./k.ts", import.meta.url)); new URL("l.ts", import.meta.url);
    // import "no";
    const no = 'import "no"'; from("no"); new URL("https://no.example/m.ts"); important("no");
  `;
  assert.deepEqual(specifiers(source), ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "./k.ts", "./l.ts"]);
});

test("only import type and export type are for types alone", () => {
  const found = importsOf(
    "a.ts",
    scan(`import type { A } from "a"; import { type B } from "b"; export type * from "c";`),
  );
  assert.deepEqual(
    found.map(({ isTypeOnly }) => isTypeOnly),
    [true, false, true],
  );
});

test("a target is the file that Node would load", () => {
  const found = importsOf(
    "packages/server/src/rooms/a.ts",
    scan(
      `import "./b.ts"; import "../db/index.ts"; import "@stairwell/protocol"; import "@stairwell/protocol/room"; import "ws";`,
    ),
  );
  assert.deepEqual(
    found.map(({ target }) => target),
    [
      "packages/server/src/rooms/b.ts",
      "packages/server/src/db/index.ts",
      "packages/protocol/src/index.ts",
      "packages/protocol/src/room/index.ts",
      "ws",
    ],
  );
});

test("an unended literal or comment ends with the text", () => {
  for (const source of ["`a ${b", "`a", "'a", "/* a", "a /", "`${`${"]) scan(source);
  assert.equal(lineOf("a\nb\nc", 4), 3);
});
