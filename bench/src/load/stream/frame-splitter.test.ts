import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameSplitter } from "./frame-splitter.ts";

const framed = (text: string): Buffer => {
  const size = Buffer.byteLength(text);
  const header = size < 126 ? [0x81, size] : size < 65_536 ? [0x81, 126, size >> 8, size & 255] : [];
  const long = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, size >> 16, (size >> 8) & 255, size & 255]);
  return Buffer.concat([header.length > 0 ? Buffer.from(header) : long, Buffer.from(text)]);
};

function split(bytes: Buffer, chunkLength: number): string[] {
  const got: string[] = [];
  const splitter = new FrameSplitter({
    text: (from, start, end) => got.push(from.toString("utf8", start, end)),
    ping: (payload) => got.push(`ping ${payload.toString()}`),
    close: (code) => got.push(`close ${code}`),
  });
  const chunk = Buffer.alloc(chunkLength);
  for (let at = 0; at < bytes.length; at += chunkLength) {
    const copied = bytes.copy(chunk, 0, at, at + chunkLength);
    splitter.push(chunk.subarray(0, copied));
  }
  return got;
}

test("frames come out the same however the bytes are cut", () => {
  const texts = ["", "short", "é".repeat(100), "x".repeat(300)];
  const control = Buffer.from([0x89, 2, 0x68, 0x69, 0x88, 2, 0x0f, 0xa8]);
  const bytes = Buffer.concat([...texts.map(framed), control]);
  for (let chunkLength = 1; chunkLength <= bytes.length; chunkLength++) {
    assert.deepEqual(split(bytes, chunkLength), [...texts, "ping hi", "close 4008"], `chunks of ${chunkLength}`);
  }
});

test("a frame of more than 64 KiB comes out whole", () => {
  const text = "x".repeat(70_000);
  assert.deepEqual(split(framed(text), 4096), [text]);
});

test("a frame that a server must not send is refused", () => {
  assert.throws(() => split(Buffer.from([0x82, 0]), 2), /begins with 0x82/);
  assert.throws(() => split(Buffer.concat([Buffer.from([0x81, 0x85]), Buffer.alloc(20)]), 22), /masked/);
});
