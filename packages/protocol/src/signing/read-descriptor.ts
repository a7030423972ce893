import { canonical } from "../canonical.ts";
import { StairwellError } from "../errors.ts";
import { type Json, type JsonObject, parseStrictJson } from "../json.ts";
import { type Descriptor, type DescriptorKey, federationEndpoint, PROTOCOL_VERSION } from "./descriptor.ts";
import { KEY_ID, publicKeyFault } from "./public-key.ts";
import { BASE64_32, BASE64_64, type VerifyEd25519 } from "./verify.ts";
import { readTime } from "./wire-time.ts";

/** So many keys a server may ever have had. */
const MOST_KEYS = 200;

const PUBLIC_KEY = new RegExp(`^ed25519:(${BASE64_32})$`);
const SIGNATURE = new RegExp(`^${BASE64_64}$`);

/** What is wrong with another server's descriptor, as a sentence about it. */
export class DescriptorFault extends Error {
  override readonly name = "DescriptorFault";
}

/**
 * Reads the descriptor that was fetched by a server's name (FD3): strict JSON, that name, our version of the protocol,
 * well-formed keys, and the signature of the key in use over everything else. Members that we do not know are covered by
 * the signature and otherwise ignored. `now`: Unix milliseconds. Throws `DescriptorFault`.
 */
export function readDescriptor(text: string, serverName: string, now: number, verify: VerifyEd25519): Descriptor {
  const whole = members(parsed(text), "the descriptor");
  if (whole.server_name !== serverName) throw fault("does not bear the name by which it was fetched");
  if (!Array.isArray(whole.protocol_versions) || !whole.protocol_versions.includes(PROTOCOL_VERSION)) {
    throw fault(`does not offer protocol version ${PROTOCOL_VERSION}`);
  }
  const software = members(whole.software, "software");
  const { name, version } = software;
  if (!isShort(name) || !isShort(version)) throw fault("does not name its software and version");
  const keys = readKeys(whole.keys);
  const current = keys.find(({ publicKey }) => whole.public_key === `ed25519:${publicKey}`);
  if (current === undefined) throw fault("does not list its public_key among its keys");
  if (current.revokedAt !== null || (current.validUntil !== null && current.validUntil <= now)) {
    throw fault("names as its key one that is revoked or over");
  }
  if (members(whole.endpoints, "endpoints").federation !== federationEndpoint(serverName)) {
    throw fault("has its federation endpoint under another name");
  }
  const { signature, ...signed } = whole;
  checkSignature(members(signature, "signature"), current, canonical(signed), verify);
  return { serverName, software: { name, version }, keyId: current.keyId, keys };
}

function readKeys(list: Json | undefined): DescriptorKey[] {
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_KEYS) {
    throw fault(`does not list 1 to ${MOST_KEYS} keys`);
  }
  const keys = (list as Json[]).map(readKey);
  for (const name of ["keyId", "publicKey"] as const) {
    if (new Set(keys.map((key) => key[name])).size !== keys.length) throw fault("lists a key twice");
  }
  return keys;
}

function readKey(json: Json): DescriptorKey {
  const { key_id, public_key, valid_from, valid_until, revoked_at, introduced_by } = members(json, "a key");
  if (typeof key_id !== "string" || !KEY_ID.test(key_id)) throw fault("has a key without a proper key_id");
  const publicKey = typeof public_key === "string" ? PUBLIC_KEY.exec(public_key)?.[1] : undefined;
  if (publicKey === undefined) throw fault(`has no public_key of the form ed25519:BASE64 for ${key_id}`);
  const flaw = publicKeyFault(bytesOf(publicKey));
  if (flaw !== undefined) throw fault(`has a key, ${key_id}, that ${flaw}`);
  const validFrom = timeOf(valid_from, "valid_from");
  if (validFrom === null) throw fault("has a key without valid_from");
  return {
    keyId: key_id,
    publicKey,
    validFrom,
    validUntil: timeOf(valid_until, "valid_until"),
    revokedAt: timeOf(revoked_at, "revoked_at"),
    introducedBy: introductionOf(introduced_by),
  };
}

function introductionOf(json: Json | undefined): DescriptorKey["introducedBy"] {
  if (json === undefined || json === null) return null;
  const { key_id, value } = members(json, "introduced_by");
  if (typeof key_id !== "string" || !KEY_ID.test(key_id) || typeof value !== "string" || !SIGNATURE.test(value)) {
    throw fault("has a malformed introduction of a key");
  }
  return { keyId: key_id, signature: value };
}

function checkSignature(
  { key_id, alg, value }: JsonObject,
  { keyId, publicKey }: DescriptorKey,
  signed: string,
  verify: VerifyEd25519,
): void {
  if (key_id !== keyId || alg !== "ed25519") throw fault("is not signed by its own public_key");
  if (typeof value !== "string" || !SIGNATURE.test(value) || !verify(publicKey, signed, value)) {
    throw fault("has a signature that does not fit");
  }
}

function timeOf(json: Json | undefined, what: string): number | null {
  if (json === null || json === undefined) return null;
  const time = typeof json === "string" ? readTime(json) : undefined;
  if (time === undefined) throw fault(`has a ${what} that is no time`);
  return time;
}

function parsed(text: string): Json {
  try {
    return parseStrictJson(text);
  } catch (error) {
    if (error instanceof StairwellError) throw fault("is not strict JSON");
    throw error;
  }
}

function members(json: Json | undefined, what: string): JsonObject {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw fault(what === "the descriptor" ? "is no JSON object" : `has no ${what} that is an object`);
}

function isShort(json: Json | undefined): json is string {
  return typeof json === "string" && json.length > 0 && json.length <= 128;
}

/** The bytes of base64 that was checked to be such. */
function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function fault(reason: string): DescriptorFault {
  return new DescriptorFault(`The descriptor ${reason}.`);
}
