/** Who a server is, and how its requests prove it: keys, descriptors, HTTP message signatures (FD1, FD2, FD3). */
export { contentDigest, readContentDigest } from "./content-digest.ts";
export {
  type Descriptor,
  type DescriptorKey,
  descriptorText,
  federationEndpoint,
  PROTOCOL_VERSION,
  signedDescriptorText,
} from "./descriptor.ts";
export { type Introduction, introductionText } from "./introduction.ts";
export { adoptKeys, type Adopted, revokedIn } from "./adopt-keys.ts";
export { KEY_ID, isPublishedTestKey, publicKeyFault } from "./public-key.ts";
export { DescriptorFault, readDescriptor } from "./read-descriptor.ts";
export {
  type RequestSignature,
  type SignatureFields,
  type SignatureParams,
  readSignature,
  signatureInput,
  SIGNATURE_LABEL,
  signatureValue,
} from "./signature-fields.ts";
export { CLOCK_SKEW_MS, checkTimes, SIGNATURE_LIFE_S } from "./signature-times.ts";
export { isPeerName } from "./peer-name.ts";
export { keyFor, OLD_KEY_MS, type KeyRefusal, type KeyStanding, type ServerKey } from "./server-keys.ts";
export { signatureBase } from "./signature-base.ts";
export { type SignedMessage, signedRequestText } from "./signed-request.ts";
export type { VerifyEd25519 } from "./verify.ts";
