import type { IncomingMessage } from "node:http";
import { invalid, StairwellError } from "@stairwell/protocol";
import { isRepeated } from "./repeated.ts";

/** `Bearer` and one word of visible ASCII; a JWT of an identity provider may be long. */
const BEARER = /^Bearer +([\x21-\x7e]{1,8192})$/i;
const TOKEN_IN_URL = /[?&](?:access_)?token=/i;

/**
 * The credential of a request, from its one `Authorization` header. `SW_AUTH_INVALID_TOKEN` when it is missing,
 * malformed or given twice; `SW_REQUEST_INVALID` for a token in the URL, where proxies and histories keep it.
 */
export function credentialOf(request: IncomingMessage): string {
  const url = request.url!;
  if (url.includes("?") && TOKEN_IN_URL.test(url)) {
    throw invalid("?token", "does not belong in a URL; send it as `Authorization: Bearer TOKEN`");
  }
  const header = request.headers.authorization;
  const credential = header === undefined ? undefined : BEARER.exec(header)?.[1];
  if (credential === undefined || isRepeated(request.rawHeaders, "authorization"))
    throw new StairwellError("SW_AUTH_INVALID_TOKEN");
  return credential;
}
