import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Painter } from "../../src/media/painter.ts";
import { tempFolder } from "../support/store.ts";
import { png } from "./kit.ts";

test("a picture waits for those before it no longer than for a while, and is then a file without one", async (t) => {
  const folder = tempFolder(t);
  const [path, endless] = [join(folder, "picture.png"), join(folder, "pipe")];
  writeFileSync(path, await png(3, 2));
  // Nobody writes into it: whoever reads it waits.
  execFileSync("mkfifo", [endless]);
  const painter = new Painter(1);
  t.after(() => painter.stop());
  const mimeType = "image/png";
  assert.equal((await painter.paint({ path, mimeType }, "alice"))?.width, 3);
  const first = painter.paint({ path: endless, mimeType }, "alice");
  const others = [1, 2, 3].map(() => painter.paint({ path, mimeType }, "alice"));
  assert.deepEqual(await Promise.all(others), [undefined, undefined, undefined]);
  painter.stop();
  assert.equal(await first, undefined);
});

test("pictures are looked at in turn, one of each who brings some, however many somebody has brought before", async (t) => {
  const path = join(tempFolder(t), "picture.png");
  writeFileSync(path, await png(3, 2));
  const painter = new Painter();
  t.after(() => painter.stop());
  const done: string[] = [];
  const bring = (whose: string): Promise<unknown> =>
    painter.paint({ path, mimeType: "image/png" }, whose).then((picture) => {
      assert.equal(picture?.width, 3);
      done.push(whose);
    });
  await Promise.all(["alice", "alice", "alice", "alice", "bob", "bob", "carol"].map(bring));
  assert.deepEqual(done, ["alice", "alice", "bob", "carol", "alice", "bob", "alice"]);
});
