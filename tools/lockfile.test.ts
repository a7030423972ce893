import assert from "node:assert/strict";
import { test } from "node:test";
import { lockfileFaults } from "./lockfile.ts";

const OURS = { "": {}, "packages/a": {}, "node_modules/@stairwell/a": { resolved: "packages/a", link: true } };

test("a lockfile of hashed packages without hosts has no fault", () => {
  assert.deepEqual(lockfileFaults({ packages: { ...OURS, "node_modules/ws": { integrity: "sha512-x" } } }), []);
});

test("a package from a named host is a fault", () => {
  const ws = { resolved: "https://registry.example/ws.tgz", integrity: "sha512-x" };
  assert.match(
    lockfileFaults({ packages: { ...OURS, "node_modules/ws": ws } }).join(),
    /node_modules\/ws is tied to a host/,
  );
});

test("a package without a hash, and an empty lockfile, are faults", () => {
  assert.deepEqual(lockfileFaults({ packages: { "node_modules/ws": {} } }), ["node_modules/ws has no integrity hash"]);
  assert.deepEqual(lockfileFaults({}), ["the lockfile holds no package"]);
});

test("a package that is missing for some platform is a fault", () => {
  const fmt = { integrity: "sha512-x", optionalDependencies: { "@fmt/linux": "1.0.0", "@fmt/darwin": "1.0.0" } };
  const packages = { "node_modules/fmt": fmt, "node_modules/@fmt/linux": { integrity: "sha512-y" } };
  assert.deepEqual(lockfileFaults({ packages }), [
    "@fmt/darwin of node_modules/fmt is missing: use a version that the registry has for every platform",
  ]);
});
