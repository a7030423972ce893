import { StairwellError } from "@stairwell/protocol";
import {
  readContentDigest,
  readSignature,
  type RequestSignature,
  type SignedMessage,
  signedRequestText,
} from "@stairwell/protocol/signing";
import { oneField } from "./one-field.ts";

/** A request's head, as it came. */
export interface RequestHead {
  readonly method: string;
  /** The request target, byte for byte. */
  readonly target: string;
  readonly rawHeaders: readonly string[];
}

/** A request whose signature has the right form. */
export interface ReadRequest {
  readonly signature: RequestSignature;
  /** What the signature must be of. */
  readonly text: string;
  /** Base64 SHA-256 of the body that is to come; undefined for a request without one. */
  readonly digest: string | undefined;
}

/**
 * Reads the head of a signed request that is for a server (FD2). Nothing of it is looked up. `SW_FED_SIGNATURE` for one
 * that is not signed in the one right form, or not all of it.
 */
export function readRequest({ method, target, rawHeaders }: RequestHead, serverName: string): ReadRequest {
  const field = (name: string) => oneField(rawHeaders, name);
  const signature = readSignature({ "signature-input": field("signature-input"), signature: field("signature") });
  const body = bodyFields(field);
  if (signature.coversBody !== (body !== undefined)) {
    throw refused(
      body === undefined
        ? "The signature covers a body, and the request has none."
        : "The signature must cover content-digest and content-type.",
    );
  }
  if (!target.startsWith("/")) throw refused("The request target must be a path.");
  const text = signedRequestText({ method, serverName, target, body }, signature);
  if (text === undefined) throw refused("What is signed must be ASCII.");
  return { signature, text, digest: body && readContentDigest(body.contentDigest) };
}

/** A body is whatever is announced as one, were it empty; its fields are then needed, and only then allowed. */
function bodyFields(field: (name: string) => string | undefined): SignedMessage["body"] {
  const [contentDigest, contentType] = [field("content-digest"), field("content-type")];
  const hasBody = field("transfer-encoding") !== undefined || (field("content-length") ?? "0") !== "0";
  if (contentDigest === undefined && contentType === undefined && !hasBody) return undefined;
  if (contentDigest === undefined || readContentDigest(contentDigest) === undefined) {
    throw refused("A body needs the header Content-Digest with its SHA-256, as sha-256=:BASE64: and nothing else.");
  }
  if (contentType === undefined) throw refused("A body needs the header Content-Type.");
  if (field("content-encoding") !== undefined) throw refused("A body must not have a Content-Encoding.");
  return { contentDigest, contentType };
}

function refused(message: string): StairwellError {
  return new StairwellError("SW_FED_SIGNATURE", { message, rule: "FD2" });
}
