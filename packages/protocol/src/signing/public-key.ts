/** What a server may call a key. */
export const KEY_ID = /^[A-Za-z0-9_.-]{1,64}$/;

/** 2^255 - 19. */
const FIELD = (1n << 255n) - 19n;
const SIGN = 1n << 255n;

/** The y of all points of order 1, 2, 4 and 8. */
const SMALL_ORDER: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  FIELD - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);

/**
 * Why 32 bytes are no public key that anything may be verified with; undefined for one that may be. Under a key of small
 * order one signature fits many texts, and an encoding that is not the canonical one makes two keys of one.
 */
export function publicKeyFault(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 32) return "is not 32 bytes";
  const y = littleEndian(bytes) % SIGN;
  if (y >= FIELD) return "is not canonically encoded";
  return SMALL_ORDER.has(y) ? "is of small order" : undefined;
}

/** Keys whose private halves stand in standards and in `spec/vectors`: whoever has one is nobody in particular. */
const PUBLISHED: ReadonlySet<string> = new Set([
  "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=",
  "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
  "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=",
  "/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=",
  "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
  "Kay64UG8yvCyLhqU000LxzYeUm0L/hLIl5S8kyKWbdc=",
]);

/** Whether a public key (base64) is one of those that stand in a text with their private half. */
export function isPublishedTestKey(publicKey: string): boolean {
  return PUBLISHED.has(publicKey);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
