/**
 * Whether a signature over a text's UTF-8 bytes was made with a key; given by the platform, since this package has no
 * cryptography. Key (32 bytes) and signature (64 bytes) are base64. It must be strict: see `publicKeyFault`.
 */
export type VerifyEd25519 = (publicKey: string, text: string, signature: string) => boolean;

/** 32 and 64 bytes in base64, in the one form that has no stray bits at its end. */
export const BASE64_32 = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=";
export const BASE64_64 = "[A-Za-z0-9+/]{85}[AQgw]==";
