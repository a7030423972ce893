import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ClientFrames, EventFrame, ServerFrames } from "@stairwell/protocol/stream";
import { assertOk, type Frame, frameFault, isEvent, StreamClient, TestServer } from "@stairwell/testing";
import { Transcript } from "./transcript.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../../docs/stream.md"), "utf8");
const transcript = /^```transcript\n([\s\S]*?)^```$/m.exec(PAGE)![1]!.trimEnd().split("\n");

test("ST1 ST6 every frame of the reference is as its schema says, on the page and in the schema itself", () => {
  const sides = { server: { event: EventFrame, ...ServerFrames }, client: ClientFrames };
  const known = { server: new Set<unknown>(), client: new Set<unknown>() };
  for (const side of ["server", "client"] as const) {
    for (const [type, { examples }] of Object.entries(sides[side]) as [string, { examples: Frame[] }][]) {
      assert.equal(examples.length, 1, type);
      assert.equal(frameFault(examples[0]!, side), undefined);
      known[side].add(JSON.stringify(examples[0]));
    }
  }
  const examples = [...PAGE.matchAll(/^```json\n(.*)\n```$/gm)].map(([, text]) => text);
  assert.deepEqual(new Set(examples), known.server.union(known.client));
  for (const line of transcript) {
    const side = ({ "<": "server", ">": "client" } as const)[line[0]!];
    if (side === undefined || !line.includes("{") || line.includes("shout")) continue;
    assert.equal(frameFault(JSON.parse(line.slice(2)) as Frame, side), undefined, line);
  }
});

test("ST1 ST3 ST6 MB14 the transcript of the reference is what a server and a client say", async (t) => {
  const server = await TestServer.start(t);
  await new Transcript(t, server).play(transcript);
});

test("ST1 ST3 ST5 ST6 every frame that the reference has is one that a server sends", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const stream = await StreamClient.open(t, bob, { since: "nowhere" });
  const answers: Frame[] = [];
  stream.socket.on("message", (data: Buffer) => answers.push(JSON.parse(data.toString()) as Frame));
  await StreamClient.open(t, alice);
  const said = await alice.say(room, "hello", { mentions: [bob.id] });
  await alice.put("/v1/typing", { room_id: room, typing: true });
  assertOk(await bob.put(`/v1/rooms/${room}/notification-mode`, { mode: "all" }));
  stream.say({ type: "ping" });
  await stream.ask({ type: "read", room_id: room, event_id: said.id });
  await stream.ask({ type: "read", room_id: room, event_id: "evt-unknown" });
  for (const type of ["notification", "typing", "member_settings", "read_marker", "presence"]) {
    await stream.when(type, () => stream.frames.some((frame) => frame.type === type));
  }
  await stream.settled();
  const types = new Set([...stream.frames, ...answers].map((frame) => (isEvent(frame) ? "event" : frame.type)));
  // What waits for another server, and what became of it, is told of shared rooms alone; their tests see it.
  const { refused: _, leaving: __, ...ofOneServer } = ServerFrames;
  assert.deepEqual(types, new Set(["event", ...Object.keys(ofOneServer)]));
});

test("the check of frames finds what a schema does not tell of", () => {
  const [event] = (EventFrame as unknown as { examples: [Frame] }).examples;
  for (const wrong of [
    { ...event, more: 1 },
    { ...event, cursor: undefined },
    { ...event, stream_position: "1" },
    { type: "unheard", of: 1 },
    { type: "error", error: { code: "SW_UNHEARD_OF", message: "", request_id: "" } },
    { type: "error", error: { code: "SW_INTERNAL", message: "", request_id: "", secret: 1 } },
  ]) {
    assert.match(frameFault(wrong) ?? "", /schema/, JSON.stringify(wrong));
  }
});
