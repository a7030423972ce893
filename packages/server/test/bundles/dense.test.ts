import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { assertOk } from "@stairwell/testing";
import { startVerified } from "../members/room-under-test.ts";
import { exported } from "./exporting.ts";
import { importing } from "./importing.ts";

test("BU16 a room that says the same over and over is packed less than it could be, so that no bound of an import is near", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  await server.liftLimits();
  const room = await alice.roomWith([]);
  for (let i = 0; i < 64; i++) await alice.say(room, "a".repeat(65_000));
  const { bytes, text, manifest } = await exported(t, alice, room);
  const densest = text.length / deflateRawSync(text, { level: 1 }).length;
  assert(densest > 80, `it could be packed ${densest.toFixed(1)}:1 only`);
  const ratio = text.length / bytes.length;
  assert(ratio > 30 && ratio <= 50.5, `it is packed ${ratio.toFixed(1)}:1`);
  const { data, meta } = assertOk(await importing(alice, bytes));
  assert.equal((meta.report as { events: number }).events, manifest.events.length);
  const again = await exported(t, alice, data.id);
  assert.equal(again.manifest.events.filter(({ content }) => content?.body === "a".repeat(65_000)).length, 64);
});
