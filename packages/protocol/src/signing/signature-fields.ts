import { StairwellError } from "../errors.ts";
import { isPeerName } from "./peer-name.ts";
import { KEY_ID } from "./public-key.ts";
import { BASE64_64 } from "./verify.ts";

/** The one name that a signature may have in its fields. */
export const SIGNATURE_LABEL = "stairwell";

/** What is covered, in this order and no other: of every request, and of one that has a body (FD2). */
const BARE = `("@method" "@authority" "@target-uri")`;
const WITH_BODY = `("@method" "@authority" "@target-uri" "content-digest" "content-type")`;

/** What a signature says of itself. Times are Unix seconds. */
export interface SignatureParams {
  readonly created: number;
  readonly expires: number;
  /** 16 to 48 random bytes, base64url without padding. */
  readonly nonce: string;
  readonly serverName: string;
  readonly keyId: string;
}

/** A signature as a request brings it. */
export interface RequestSignature extends SignatureParams {
  readonly coversBody: boolean;
  /** Components and parameters as they were sent, which is what was signed. */
  readonly input: string;
  /** Base64 of the 64 bytes. */
  readonly value: string;
}

/** The two fields that a signature is in, each given once. */
export interface SignatureFields {
  readonly "signature-input": string | undefined;
  readonly signature: string | undefined;
}

const SECONDS = "(0|[1-9][0-9]{0,11})";
const INPUT = new RegExp(
  `^${SIGNATURE_LABEL}=((${escaped(BARE)}|${escaped(WITH_BODY)});created=${SECONDS};expires=${SECONDS};` +
    `nonce="([A-Za-z0-9_-]{22,64})";keyid="([^"#\\\\]{1,300})#([^"#\\\\]{1,64})";alg="ed25519";tag="stairwell-fed-v1")$`,
);
const VALUE = new RegExp(`^${SIGNATURE_LABEL}=:(${BASE64_64}):$`);

/** The value of `Signature-Input` without its label: what is covered, and the parameters in their order. */
export function signatureInput(params: SignatureParams, hasBody: boolean): string {
  const { created, expires, nonce, serverName, keyId } = params;
  return (
    `${hasBody ? WITH_BODY : BARE};created=${created};expires=${expires};nonce="${nonce}";` +
    `keyid="${serverName}#${keyId}";alg="ed25519";tag="stairwell-fed-v1"`
  );
}

/** The value of `Signature`, from the base64 of its 64 bytes. */
export function signatureValue(signature: string): string {
  return `${SIGNATURE_LABEL}=:${signature}:`;
}

/**
 * Reads a request's signature: one, with exactly the components and parameters of FD2, in their order and in the one way
 * to write them. `SW_FED_SIGNATURE` for anything else, whatever a lenient reader would make of it.
 */
export function readSignature(fields: SignatureFields): RequestSignature {
  const input = INPUT.exec(fields["signature-input"] ?? "");
  if (input === null) throw refused("The request needs the header Signature-Input of FD2, exactly.");
  const value = VALUE.exec(fields.signature ?? "")?.[1];
  if (value === undefined) throw refused("The request needs the header Signature of FD2, exactly.");
  const [, text, components, created, expires, nonce, serverName, keyId] = input as unknown as string[];
  if (!isPeerName(serverName!) || !KEY_ID.test(keyId!)) throw refused("The keyid names no key of a server.");
  return {
    coversBody: components === WITH_BODY,
    input: text!,
    created: Number(created),
    expires: Number(expires),
    nonce: nonce!,
    serverName: serverName!,
    keyId: keyId!,
    value,
  };
}

function refused(message: string): StairwellError {
  return new StairwellError("SW_FED_SIGNATURE", { message, rule: "FD2" });
}

function escaped(text: string): string {
  return text.replaceAll(/[()]/g, String.raw`\$&`);
}
