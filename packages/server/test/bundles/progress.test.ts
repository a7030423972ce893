import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { StairwellClient } from "@stairwell/client";
import { bundles, type ProgressOf } from "@stairwell/protocol/api";
import { startVerified } from "../members/room-under-test.ts";
import { MEDIUM } from "./workshop/good.ts";
import { makeManifest, sampleEvents, sha256 } from "./workshop/manifest-maker.ts";
import { makeZip } from "./workshop/zip-maker.ts";

type Work = ProgressOf<typeof bundles.importRoom>;

const STEPS: Work["step"][] = ["checking", "writing_files", "writing_events"];

test("BU20 an import tells how far it is: what is checked, then the files and the events that are written", async (t) => {
  const server = await startVerified(t, { progressMs: 1 });
  const [alice] = await server.people("alice");
  const client = new StairwellClient({ baseUrl: server.url, token: alice.credential });
  // They are written in several pieces, between which is time enough for a word.
  const said = Array.from({ length: 1000 }, () => ({
    type: "swp.room.message",
    content: { body: randomBytes(500).toString("hex") },
  }));
  const manifest = makeManifest([...sampleEvents(MEDIUM), ...said], [MEDIUM]);
  const text = JSON.stringify(manifest);
  const file = makeZip([
    { name: "manifest.json", content: Buffer.from(text), deflated: true },
    { name: `media/${sha256(MEDIUM)}`, content: MEDIUM },
  ]);
  const told: Work[] = [];
  const { status, data, meta } = await client.upload(bundles.importRoom, {
    file: new Blob([file]),
    onWork: (progress) => told.push(progress),
  });
  assert.deepEqual([status, data?.members_count, meta.report.media], [201, 1, 1]);
  const steps = told.map(({ step }) => STEPS.indexOf(step));
  assert.deepEqual(
    steps,
    steps.toSorted((a, b) => a - b),
  );
  assert.equal(told.at(-1)?.step, "writing_events");
  const totals: Readonly<Record<Work["step"], number>> = {
    checking: Buffer.byteLength(text) + MEDIUM.length,
    writing_files: MEDIUM.length,
    writing_events: meta.report.events,
  };
  for (const { step, done, total } of told) {
    assert.equal(total, totals[step]);
    assert.ok(done > 0 && done <= total, `${done} of ${total}`);
  }
});
