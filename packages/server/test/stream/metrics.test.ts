import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSE } from "@stairwell/protocol/stream";
import { atOnce, type Person, StreamClient, TestServer } from "@stairwell/testing";
import { frame, OPCODE, RawStream } from "./raw.ts";

/** The streams that are open, and those that were ended, by code. */
async function counted({ url }: Person): Promise<[open: number, ended: Record<string, number>]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const ended = [...text.matchAll(/^stairwell_streams_ended_total\{code="(\d+)"\} (\d+)$/gm)];
  return [
    Number(/^stairwell_streams (\d+)$/m.exec(text)![1]),
    Object.fromEntries(ended.filter(([, , count]) => count !== "0").map(([, code, count]) => [code!, Number(count)])),
  ];
}

test("ST7 the metrics tell how many streams are open, and with which codes the server ended others", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const streams = await atOnce(5, () => StreamClient.open(t, alice));
  assert.deepEqual(await counted(alice), [5, {}]);
  const { text, continuation } = OPCODE;
  const pieces = Array<Buffer>(70).fill(frame(continuation, "", { fin: false }));
  for (const bytes of [
    frame(text, "nonsense"),
    Buffer.concat([frame(text, "x", { fin: false }), ...pieces]),
    frame(text, Buffer.from([0xff])),
    frame(text, "x".repeat(500_000)).subarray(0, 14),
    frame(text, "x", { mask: false }),
    frame(3, "x"),
  ]) {
    const stream = await RawStream.open(t, alice);
    stream.write(bytes);
    await stream.closeCode();
  }
  const ended = { [CLOSE.badFrame]: 2, [CLOSE.notText]: 1, [CLOSE.tooBig]: 1, [CLOSE.notWebSocket]: 2 };
  // Whoever goes by themselves was ended by nobody.
  for (const stream of streams) await stream.cut();
  for (;;) {
    const [open, codes] = await counted(alice);
    assert.deepEqual(codes, ended);
    if (open === 0) return;
  }
});
