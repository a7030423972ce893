import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { STREAM } from "@stairwell/protocol/stream";
import { jsonFrame, textFrame } from "../../src/stream/frame.ts";
import { Outlets } from "../../src/stream/outlet.ts";

/** A socket that notes what it was given to write, and takes it or not. */
function socket(takes: boolean): Duplex & { written: Buffer[] } {
  const written: Buffer[] = [];
  const duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk);
      if (takes) done();
    },
  });
  return Object.assign(duplex, { written });
}

const never = (): void => assert.fail("this reader is not slow");
const FRAMES = [1, 2, 3].map((n) => jsonFrame({ n }));

test("ST7 frames of one turn leave in one write, whose bytes are joined once for all who get the same", async () => {
  const outlets = new Outlets();
  const sockets = [socket(true), socket(true), socket(true)];
  const [first, second, third] = sockets.map((one) => outlets.open(one, never));
  for (const frame of FRAMES) for (const outlet of [first!, second!]) outlet.push(frame);
  third!.push(FRAMES[0]!);
  await turn();
  assert.deepEqual(
    sockets.map(({ written }) => written.length),
    [1, 1, 1],
  );
  assert.deepEqual(sockets[0]!.written[0], Buffer.concat(FRAMES));
  assert.equal(sockets[0]!.written[0], sockets[1]!.written[0], "the bytes were joined twice");
  assert.equal(sockets[2]!.written[0], FRAMES[0], "a single frame was copied");
  for (const outlet of [second!, third!]) outlet.push(FRAMES[1]!);
  await turn();
  assert.equal(sockets[1]!.written[1], sockets[2]!.written[1]);
  assert.equal(sockets[0]!.written.length, 1);
});

test("ST7 a reader who takes nothing is given up once 1 MiB waits, and no more is kept for them", async () => {
  for (const bytes of [100, 5000, 70_000, 300_000]) {
    for (const turns of [false, true]) {
      let given = 0;
      const stuck = socket(false);
      const outlet = new Outlets().open(stuck, () => given++);
      const frame = textFrame("x".repeat(bytes));
      let pushed = 0;
      for (; given === 0 && pushed < 2 * STREAM.bufferBytes; pushed += frame.length) {
        assert(outlet.size <= STREAM.bufferBytes);
        outlet.push(frame);
        if (turns) await turn();
      }
      assert(pushed > STREAM.bufferBytes - frame.length && pushed <= STREAM.bufferBytes + frame.length, `${pushed}`);
      const kept = outlet.size;
      for (let i = 0; i < 100; i++) outlet.push(frame);
      await turn();
      assert.deepEqual([given, outlet.size], [1, kept]);
      assert(kept <= STREAM.bufferBytes + frame.length);
    }
  }
});

test("ST7 a reader who takes what comes is not slow, however much comes in one turn", async () => {
  const fast = socket(true);
  const outlet = new Outlets().open(fast, never);
  const frame = textFrame("x".repeat(5000));
  for (let i = 0; i < 2000; i++) outlet.push(frame);
  await turn();
  assert.equal(
    fast.written.reduce((sum, { length }) => sum + length, 0),
    2000 * frame.length,
  );
});

test("WebSocket frames have the header that their length needs", () => {
  for (const [length, header] of [
    [0, "8100"],
    [125, "817d"],
    [126, "817e007e"],
    [65_535, "817effff"],
    [65_536, "817f0000000000010000"],
  ] as const) {
    const text = "é".repeat(Math.floor(length / 2)) + "x".repeat(length % 2);
    assert.equal(textFrame(text).toString("hex"), header + Buffer.from(text).toString("hex"));
  }
});

test("what waits for a socket that has ended is dropped without a fault", async () => {
  const ended = socket(true);
  ended.on("error", assert.fail);
  const outlet = new Outlets().open(ended, never);
  outlet.push(FRAMES[0]!);
  ended.end();
  await turn();
  outlet.push(FRAMES[1]!);
  await turn();
  assert.deepEqual(ended.written, []);
});
