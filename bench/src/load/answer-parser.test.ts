import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerParser } from "./answer-parser.ts";

const answer = (status: number, body: string): string =>
  `HTTP/1.1 ${status} Whatever\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

function parse(bytes: Buffer, chunkLength: number): [number, string][] {
  const got: [number, string][] = [];
  const parser = new AnswerParser((status, body) => got.push([status, body.toString()]));
  for (let at = 0; at < bytes.length; at += chunkLength) parser.push(bytes.subarray(at, at + chunkLength));
  return got;
}

test("answers come out the same however the bytes are cut", () => {
  const sent: [number, string][] = [
    [201, '{"data":{"id":"evt-1"}}'],
    [200, ""],
    [409, `{"error":{"message":"é${"x".repeat(200)}"}}`],
  ];
  const bytes = Buffer.from(sent.map(([status, body]) => answer(status, body)).join(""));
  for (let chunkLength = 1; chunkLength <= bytes.length; chunkLength++) {
    assert.deepEqual(parse(bytes, chunkLength), sent, `chunks of ${chunkLength}`);
  }
});

test("an answer without Content-Length is refused", () => {
  assert.throws(() => parse(Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 1000));
});
