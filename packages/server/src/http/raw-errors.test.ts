import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { answerRawError } from "./raw-errors.ts";

function answered(code: string, socket: object = {}): { text: string; destroyed: boolean } {
  const seen = { text: "", destroyed: false };
  const fake = {
    writable: true,
    end: (text: string) => (seen.text = text),
    destroy: () => (seen.destroyed = true),
    setTimeout: () => {},
    ...socket,
  };
  answerRawError(Object.assign(new Error(code), { code }), fake as unknown as Socket, "id-1");
  return seen;
}

test("AP5 bytes that are no request are answered with the status that HTTP has for it", () => {
  for (const [code, status] of [
    ["HPE_INVALID_METHOD", "400 Bad Request"],
    ["ERR_HTTP_REQUEST_TIMEOUT", "408 Request Timeout"],
    ["HPE_HEADER_OVERFLOW", "431 Request Header Fields Too Large"],
  ] as const) {
    const { text } = answered(code);
    assert.ok(text.startsWith(`HTTP/1.1 ${status}\r\n`), text);
    const [head, body] = text.split("\r\n\r\n") as [string, string];
    assert.match(
      head,
      new RegExp(`Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\nX-Request-Id: id-1$`),
    );
    assert.equal((JSON.parse(body) as { error: { code: string } }).error.code, "SW_REQUEST_INVALID");
  }
});

test("AP5 nothing is written to a connection that is gone, or between the bytes of another answer", () => {
  for (const socket of [{ writable: false }, { _httpMessage: { headersSent: true } }]) {
    assert.deepEqual(answered("HPE_INVALID_METHOD", socket), { text: "", destroyed: true });
  }
  assert.deepEqual(answered("ECONNRESET"), { text: "", destroyed: true });
  assert.notEqual(answered("HPE_INVALID_METHOD", { _httpMessage: { headersSent: false } }).text, "");
});
