import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadSecret } from "./secret.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "stairwell-secret-"));

test("the first start makes a secret, and the next ones find the same", () => {
  const at = join(folder(), "data");
  const secret = loadSecret(at);
  assert.equal(secret.length, 32);
  assert.deepEqual(loadSecret(at), secret);
  assert.equal(statSync(join(at, "secret")).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(at), ["secret"]);
  assert.notDeepEqual(loadSecret(folder()), secret);
});

test("an empty, short, long or constant secret is refused", () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from("secret"), Buffer.alloc(33, "x1"), Buffer.alloc(32, "a")]) {
    const at = folder();
    writeFileSync(join(at, "secret"), bytes, { mode: 0o600 });
    assert.throws(() => loadSecret(at), /random bytes/);
  }
});

test("a secret that others can read is refused", () => {
  const at = folder();
  loadSecret(at);
  chmodSync(join(at, "secret"), 0o640);
  assert.throws(() => loadSecret(at), /chmod 600/);
});
