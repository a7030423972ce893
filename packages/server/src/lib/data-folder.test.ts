import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dataFolderFault, makeDataFolder } from "./data-folder.ts";

test("a data folder is made with all above it, for its user alone, and a repeat changes nothing", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-folder-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const deep = join(folder, "a", "b");
  makeDataFolder(deep);
  makeDataFolder(deep);
  assert.equal(statSync(deep).mode & 0o777, 0o700);
});

test("what is no folder, and where none can be made, is told with what to do", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-folder-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const wrong of [file, join(file, "below")]) {
    assert.throws(() => makeDataFolder(wrong), { message: `${wrong} is no folder: name a folder with --data DIR` });
  }
  assert.throws(() => makeDataFolder("/proc/stairwell"), /\/proc\/stairwell cannot be made there .*--data DIR/);
});

test("each way in which the system refuses a data folder says what to do", () => {
  const told = (code: string, owner?: number): string => dataFolderFault("/data", code, owner);
  assert.match(told("EROFS"), /can only be read: mount it for writing/);
  assert.match(told("ENOSPC"), /no space left .*: free some/);
  assert.match(told("EACCES", 77), /another user \(uid 77\): run as that user, or .* chown -R \S+ \/data$/);
  assert.match(told("EACCES", process.getuid!()), /its own: run chmod u\+rwx \/data$/);
  assert.match(told("EACCES"), /may not make the data folder/);
});
