import { BASE64_32 } from "./verify.ts";

const FIELD = new RegExp(`^sha-256=:(${BASE64_32}):$`);

/** The `Content-Digest` field (RFC 9530) of a body, from the base64 SHA-256 of its bytes. */
export function contentDigest(sha256: string): string {
  return `sha-256=:${sha256}:`;
}

/**
 * The base64 SHA-256 that a `Content-Digest` field says; undefined for any other field: further algorithms, white space,
 * other cases and loose base64 are refused rather than understood (FD2).
 */
export function readContentDigest(field: string): string | undefined {
  return FIELD.exec(field)?.[1];
}
