import { test } from "node:test";
import { rounds } from "@stairwell/testing";
import { listWhileRenaming } from "../directory/renames.ts";
import { startNodes } from "./network.ts";

test("VS2 pages of rooms are each of one moment on every node, whichever of them changes the rooms", async (t) => {
  const [a, b] = await startNodes(t, 2);
  const writer = await a.person("alice").signIn();
  const readers = [b.person("alice"), a.person("bob"), b.person("carol"), b.person("dora")];
  for (const reader of readers) await reader.signIn();
  await listWhileRenaming(writer, readers, rounds(400));
});
