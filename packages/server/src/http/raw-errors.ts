import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { errorBody, StairwellError } from "@stairwell/protocol";
import { refusalHeaders, refusalOf } from "./errors.ts";

/**
 * What went wrong before there was a request: the parser refused the bytes, or they did not come in time. Answered in
 * the envelope of all errors, with the status that HTTP has for it, and the connection is ended.
 */
export function answerRawError(error: Error & { code?: string }, socket: Socket, requestId: string): void {
  if (error.code === "ECONNRESET" || !socket.writable || hasBegunToAnswer(socket)) {
    socket.destroy();
    return;
  }
  const [status, message] = meaningOf(error.code);
  const refusal = new StairwellError("SW_REQUEST_INVALID", message === undefined ? {} : { message });
  endWith(socket, status, refusal, requestId);
}

/** Refuses an upgrade as any other request is refused, and ends the connection. */
export function refuseUpgrade(socket: Socket, error: unknown, requestId: string): void {
  if (!socket.writable) return void socket.destroy();
  const refusal = refusalOf(error);
  endWith(socket, refusal.status, refusal, requestId, refusalHeaders(refusal));
}

function endWith(
  socket: Socket,
  status: number,
  refusal: StairwellError,
  requestId: string,
  headers: Record<string, string | number> = {},
): void {
  const body = JSON.stringify(errorBody(refusal, requestId));
  const lines = Object.entries({
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    Connection: "close",
    "X-Request-Id": requestId,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
  // Whatever the other side does now, the connection is not kept.
  socket.setTimeout(1000, () => socket.destroy());
}

/** An `Expect` other than `100-continue`, which Node would refuse without a body. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const refusal = new StairwellError("SW_REQUEST_INVALID", { message: "The server meets no such expectation." });
  const body = JSON.stringify(errorBody(refusal, ""));
  response.writeHead(417, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

function meaningOf(code: string | undefined): [status: number, message?: string] {
  if (code === "HPE_HEADER_OVERFLOW") return [431, "The headers are too large."];
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return [408, "The request did not arrive in time."];
  return [400];
}

/** Node keeps the answer under way with its socket; bytes of another one between would be read as part of it. */
function hasBegunToAnswer(socket: Socket): boolean {
  const answer = (socket as { _httpMessage?: { headersSent: boolean } })._httpMessage;
  return answer?.headersSent === true;
}
