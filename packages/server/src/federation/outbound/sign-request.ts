import { hash } from "node:crypto";
import {
  contentDigest,
  SIGNATURE_LABEL,
  SIGNATURE_LIFE_S,
  signatureInput,
  signatureValue,
  signedRequestText,
} from "@stairwell/protocol/signing";
import { randomBytes } from "../../lib/random.ts";
import { signWith, type SigningKey } from "../../tenants/index.ts";

/** A request to another server, before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  /** JSON. */
  readonly body?: Buffer | undefined;
}

const CONTENT_TYPE = "application/json";

/**
 * The headers that make a request one of ours to another server (FD2). Each time with another nonce: a request that is
 * sent again is signed again. `now`: Unix milliseconds.
 */
export function signRequest(
  { method, target, body }: UnsignedRequest,
  from: { readonly serverName: string; readonly key: SigningKey },
  to: string,
  now: number,
): Record<string, string> {
  const created = Math.floor(now / 1000);
  const params = {
    created,
    expires: created + SIGNATURE_LIFE_S,
    nonce: randomBytes(16).toString("base64url"),
    serverName: from.serverName,
    keyId: from.key.keyId,
  };
  const input = signatureInput(params, body !== undefined);
  const fields = body && { contentDigest: contentDigest(hash("sha256", body, "base64")), contentType: CONTENT_TYPE };
  const text = signedRequestText({ method, serverName: to, target, body: fields }, { input });
  if (text === undefined) throw new Error("a request to another server that is not ASCII");
  return {
    host: to,
    ...(fields && { "content-digest": fields.contentDigest, "content-type": fields.contentType }),
    "signature-input": `${SIGNATURE_LABEL}=${input}`,
    signature: signatureValue(signWith(from.key, text)),
  };
}
