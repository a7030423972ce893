import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { test } from "node:test";
import { isPublishedTestKey, publicKeyFault } from "@stairwell/protocol/signing";
import { verifyEd25519 } from "./ed25519.ts";

const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
const L = (1n << 252n) + 27742317777372353535851937790883648493n;
const P = (1n << 255n) - 19n;

function littleEndian(number: bigint): string {
  return Buffer.from(number.toString(16).padStart(64, "0"), "hex").reverse().toString("hex");
}

const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const KEY = createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, 7)]), format: "der", type: "pkcs8" });
const PUBLIC = Buffer.from(createPublicKey(KEY).export({ format: "jwk" }).x!, "base64url");
const SIGNED = sign(null, Buffer.from("a text"), KEY);

test("FD2 what a key signed is verified by it, and nothing else is", () => {
  const [key, signature] = [PUBLIC.toString("base64"), SIGNED.toString("base64")];
  assert(verifyEd25519(key, "a text", signature));
  assert(!verifyEd25519(key, "another text", signature));
  for (let bit = 0; bit < 512; bit++) {
    const bent = Buffer.from(SIGNED);
    bent[bit >> 3]! ^= 1 << (bit & 7);
    assert(!verifyEd25519(key, "a text", bent.toString("base64")), `bit ${bit}`);
  }
  for (let bit = 0; bit < 256; bit++) {
    const bent = Buffer.from(PUBLIC);
    bent[bit >> 3]! ^= 1 << (bit & 7);
    assert(!verifyEd25519(bent.toString("base64"), "a text", signature), `bit ${bit} of the key`);
  }
});

test("FD2 a signature has 64 bytes in the one base64 of them", () => {
  const key = PUBLIC.toString("base64");
  const right = SIGNED.toString("base64");
  for (const wrong of [
    "",
    right.replace("==", ""),
    right.replaceAll("+", "-").replaceAll("/", "_").replace("==", ""),
    `${right} `,
    ` ${right}`,
    SIGNED.subarray(0, 63).toString("base64"),
    Buffer.concat([SIGNED, Buffer.alloc(1)]).toString("base64"),
    SIGNED.subarray(32).toString("base64"),
    right.replace(/(.)==$/, (_, last: string) => `${String.fromCodePoint(last.codePointAt(0)! + 1)}==`),
  ]) {
    assert(!verifyEd25519(key, "a text", wrong), wrong);
  }
});

test("FD2 an S that is not below the group's order is refused: FIN-12", () => {
  const key = PUBLIC.toString("base64");
  const s = BigInt(`0x${Buffer.from(SIGNED.subarray(32)).reverse().toString("hex")}`);
  const r = SIGNED.subarray(0, 32).toString("hex");
  assert(verifyEd25519(key, "a text", base64(r + littleEndian(s))));
  for (let more = L; s + more < 1n << 256n; more += L) {
    assert(!verifyEd25519(key, "a text", base64(r + littleEndian(s + more))), String(more / L));
  }
});

test("FD2 signatures of edge values are refused: FIN-12", () => {
  const key = PUBLIC.toString("base64");
  const edges = [0n, 1n, L - 1n, L, L + 1n, P - 1n, P, P + 1n, (1n << 255n) - 1n, 1n << 255n, (1n << 256n) - 1n];
  for (const r of edges) {
    for (const s of edges) {
      const signature = base64(littleEndian(r) + littleEndian(s));
      for (const text of ["?", "", "a text"]) assert(!verifyEd25519(key, text, signature), `${r} ${s}`);
    }
  }
});

/** The encodings of all points of order 1, 2, 4 and 8, then those that are not canonical. */
const SMALL = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];
const NOT_CANONICAL = [P, P + 1n, P + 2n, P + 18n].flatMap((y) => [littleEndian(y), littleEndian(y + (1n << 255n))]);

test("FD2 keys of small order and keys not canonically encoded verify nothing: FIN-12", () => {
  for (const hex of SMALL) assert.equal(publicKeyFault(Buffer.from(hex, "hex")), "is of small order", hex);
  for (const hex of NOT_CANONICAL)
    assert.equal(publicKeyFault(Buffer.from(hex, "hex")), "is not canonically encoded", hex);
  for (const hex of ["", "00", PUBLIC.toString("hex").slice(2), `${PUBLIC.toString("hex")}00`]) {
    assert.equal(publicKeyFault(Buffer.from(hex, "hex")), "is not 32 bytes");
  }
  assert.equal(publicKeyFault(PUBLIC), undefined);
  // Under the neutral element R = S·B fits every text.
  const zero = littleEndian(0n);
  for (const key of [...SMALL, ...NOT_CANONICAL]) {
    for (const r of SMALL) {
      for (const text of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
        assert(!verifyEd25519(base64(key), text, base64(r + zero)), `${key} ${r} ${text}`);
      }
    }
  }
});

test("FD2 a key in loose base64 is none", () => {
  const right = PUBLIC.toString("base64");
  for (const wrong of [right.replace("=", ""), right.replaceAll("+", "-"), `${right}\n`, right.toLowerCase()]) {
    assert.equal(verifyEd25519(wrong, "a text", SIGNED.toString("base64")), wrong === right);
  }
});

/**
 * The twelve cases of "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020): message, key, signature, and what
 * we say. Only the third follows from the equation without the cofactor by a key that is not of small order.
 */
const TAMING: readonly [message: string, key: string, signature: string, verdict: boolean][] = [
  // 0: A and R of small order, S = 0.
  [
    "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000",
    false,
  ],
  // 1: A of small order, R of mixed order.
  [
    "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
    false,
  ],
  // 2: A of mixed order, R of small order.
  [
    "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
    false,
  ],
  // 3: A and R of mixed order; both equations hold.
  [
    "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
    true,
  ],
  // 4: only the equation with the cofactor holds.
  [
    "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
    false,
  ],
  // 5: the same, where the order of multiplying by it matters.
  [
    "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
    false,
  ],
  // 6: S above the order.
  [
    "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
    "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
    "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
    false,
  ],
  // 7: S far above it.
  [
    "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
    "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
    "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
    false,
  ],
  // 8 and 9: R not canonically encoded.
  [
    "fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f454d370c8d9fc323a41450f8d513eafeb5b0697390c1e505a0d4ddc71f566607",
    false,
  ],
  [
    "84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f084d5b99c2a9463d9c8bd5026916996984eeec87ddf1d3be329006ace1b37b09",
    false,
  ],
  // 10 and 11: A not canonically encoded, and of small order.
  [
    "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
    false,
  ],
  [
    "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
    false,
  ],
];

test("FD2 the cases on which implementations differ are decided without the cofactor: FIN-12", () => {
  TAMING.forEach(([message, hex, signature, verdict], i) => {
    const bytes = Buffer.from(hex, "hex");
    // These messages are no UTF-8, which all that is signed here is: so the two parts of the verdict are asked for.
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: bytes.toString("base64url") }, format: "jwk" });
    const fits = verify(null, Buffer.from(message, "hex"), key, Buffer.from(signature, "hex"));
    assert.equal(fits && publicKeyFault(bytes) === undefined, verdict, `case ${i}`);
  });
});

test("FD3 keys whose private half is in a standard or in our vectors are known as such: FIN-12", () => {
  for (const seed of [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5",
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
  ]) {
    const key = createPrivateKey({
      key: Buffer.concat([PKCS8, Buffer.from(seed, "hex")]),
      format: "der",
      type: "pkcs8",
    });
    const publicKey = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x!, "base64url").toString("base64");
    assert(isPublishedTestKey(publicKey), seed);
  }
  assert(!isPublishedTestKey(PUBLIC.toString("base64")));
});
