import type { OutgoingHttpHeaders } from "node:http";
import type { FastifyReply } from "fastify";

/** Milliseconds for which the rest of a refused body is read and thrown away. */
const LINGER_MS = 5000;

/**
 * Sends an answer while the body is still coming, and ends the connection after it. Closed at once, it would be reset
 * before a caller who writes first and reads then has seen the answer.
 */
export function sendAndLinger(reply: FastifyReply, text: string): void {
  const { raw: request } = reply.request;
  const { raw: response } = reply;
  reply.hijack();
  response.writeHead(response.statusCode, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    "content-length": Buffer.byteLength(text),
    connection: "close",
  });
  response.write(text);
  const timer = setTimeout(end, LINGER_MS);
  function end(): void {
    clearTimeout(timer);
    response.end();
  }
  request.once("end", end);
  request.once("close", end);
  request.resume();
}
