import assert from "node:assert/strict";
import { test } from "node:test";
import { Lru } from "./lru.ts";

test("a cache never holds more than its capacity", () => {
  const cache = new Lru<number, number>(10);
  for (let i = 0; i < 1000; i++) cache.set(i, i);
  const held = Array.from({ length: 1000 }, (_, i) => cache.get(i)).filter((entry) => entry !== undefined);
  assert.ok(held.length >= 5 && held.length <= 10, `holds ${held.length}`);
});

test("a cache keeps what is asked for while others pass by", () => {
  const cache = new Lru<string, string>(4);
  cache.set("often", "kept");
  for (let i = 0; i < 100; i++) {
    cache.set(`rare ${i}`, "passing");
    assert.equal(cache.get("often"), "kept");
  }
  assert.equal(cache.get("rare 0"), undefined);
});

test("a deleted entry is gone from both generations", () => {
  const cache = new Lru<string, number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.set("a", 3);
  cache.delete("a");
  assert.equal(cache.get("a"), undefined);
});

test("deleteWhere drops every match and nothing else", () => {
  const cache = new Lru<string, number>(4);
  for (const [i, key] of ["a", "b", "c", "d"].entries()) cache.set(key, i);
  cache.deleteWhere((entry) => entry % 2 === 0);
  assert.deepEqual(
    ["a", "b", "c", "d"].map((key) => cache.get(key)),
    [undefined, 1, undefined, 3],
  );
});
