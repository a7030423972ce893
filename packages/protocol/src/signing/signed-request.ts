import type { RequestSignature } from "./signature-fields.ts";
import { type Component, signatureBase } from "./signature-base.ts";

/** What of a request is signed. */
export interface SignedMessage {
  /** As sent, in upper case. */
  readonly method: string;
  /** Whom it is for: the server name of who is asked, never what a request says of itself. */
  readonly serverName: string;
  /** Path and query, byte for byte as sent. */
  readonly target: string;
  /** The fields of a body; undefined where there is none. */
  readonly body: { readonly contentDigest: string; readonly contentType: string } | undefined;
}

/**
 * The text that a request's signature is of (FD2). Its address is made of the server's own name, `https://NAME`, so that
 * it is the same behind any proxy and for nobody else. Undefined where something of it is not one line of ASCII.
 */
export function signedRequestText(
  message: SignedMessage,
  { input }: Pick<RequestSignature, "input">,
): string | undefined {
  const { method, serverName, target, body } = message;
  const components: Component[] = [
    ["@method", method],
    ["@authority", serverName],
    ["@target-uri", `https://${serverName}${target}`],
  ];
  if (body !== undefined) components.push(["content-digest", body.contentDigest], ["content-type", body.contentType]);
  return signatureBase(components, input);
}
