import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What is taken over from a caller: nothing that could break a log line or a header. */
const SANE = /^[A-Za-z0-9._:-]{1,128}$/;

/** Names requests: by the caller's `X-Request-Id` when it is sane, else by a name that no other process gives. */
export function requestIds(): (request: IncomingMessage) => string {
  const prefix = randomBytes(6).toString("hex");
  let count = 0;
  return (request) => {
    const given = request.headers["x-request-id"];
    if (typeof given === "string" && SANE.test(given)) return given;
    return `${prefix}-${(count++).toString(36)}`;
  };
}
