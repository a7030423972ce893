import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { CLOSE, STREAM } from "@stairwell/protocol/stream";
import { assertOk, ChildServer, freshSeed, Random, rounds } from "@stairwell/testing";
import { beside } from "./bystanding.ts";
import { frame, OPCODE } from "./raw.ts";
import { MEBIBYTE, residentBytes } from "./resident.ts";

const { text, continuation, ping } = OPCODE;
const BOMB = deflateRawSync(Buffer.alloc(64 * MEBIBYTE));

/** What a bad client writes, and the code it ends with; without one it keeps its stream and must be cut off. */
const BAD: readonly (readonly [what: string, code: number | undefined, ...bytes: Buffer[]])[] = [
  ["a deflate bomb", CLOSE.notWebSocket, frame(text, BOMB, { rsv: 4 })],
  ["a frame that says it is huge", CLOSE.tooBig, frame(text, Buffer.alloc(70_000)).fill(0x7f, 2, 10)],
  ["a message that never ends", undefined, frame(text, Buffer.alloc(STREAM.frameBytes - 100, "x"), { fin: false })],
  ["pieces that never end", CLOSE.badFrame, ...Array<Buffer>(65).fill(frame(continuation, "x", { fin: false }))],
  ["pings that nobody wants", CLOSE.badFrame, ...Array<Buffer>(8000).fill(frame(ping, "x".repeat(125)))],
  ["a frame that is cut off", undefined, frame(text, Buffer.alloc(300_000, "x")).subarray(0, 200_000)],
];

test("ST7 bad clients of every kind end with their code, hold up nobody, and take no memory along", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const server = await ChildServer.start(t, { withoutLimits: true });
  const [alice, bob] = await server.people("alice", "bob");
  const { rude, goesOn } = await beside(t, alice, bob);
  const misbehave = async (): Promise<void> => {
    const [what, code, ...bytes] = random.pick(BAD);
    const stream = await rude();
    // A continuation needs something to continue.
    if (what.startsWith("pieces")) stream.write(frame(text, "x", { fin: false }));
    stream.write(...bytes);
    if (code !== undefined) return assert.equal(await stream.closeCode(), code, `${what}, seed ${seed}`);
    stream.socket.destroy();
    await stream.ended;
  };
  const many = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 10) {
      await Promise.all(Array.from({ length: 10 }, misbehave));
      await goesOn();
    }
    assertOk(await alice.get("/v1/me"));
  };
  await many(rounds(300));
  const before = residentBytes(server.pid);
  await many(rounds(1000));
  const grown = residentBytes(server.pid) - before;
  t.diagnostic(
    `${rounds(1000)} bad clients; ${Math.round(before / MEBIBYTE)} MiB before, ${Math.round(grown / MEBIBYTE)} more after`,
  );
  assert(grown < 64 * MEBIBYTE, `${grown / MEBIBYTE} MiB more`);
});
