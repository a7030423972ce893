import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf, verifyText } from "../../test/ed25519.ts";
import { readVectors } from "../../test/vectors.ts";
import { canonical } from "../canonical.ts";
import type { JsonObject } from "../json.ts";
import {
  adoptKeys,
  type Descriptor,
  DescriptorFault,
  type DescriptorKey,
  descriptorText,
  introductionText,
  readDescriptor,
  signedDescriptorText,
} from "./index.ts";

interface Vectors {
  keys: { private_key_seed: string; public_key: string; key_id: string }[];
  server_name: string;
  now: string;
  introduction: string;
  cases: { name: string; signed: string; descriptor: string }[];
}

const VECTORS = readVectors<Vectors>("descriptor");
const NAME = VECTORS.server_name;
const NOW = Date.parse(VECTORS.now);
const [OLD, NEW] = VECTORS.keys.map((key) => ({ ...key, ...keyOf(Buffer.from(key.private_key_seed, "base64")) }));
const read = (text: string): Descriptor => readDescriptor(text, NAME, NOW, verifyText);

/** A descriptor with some members changed and everything signed anew, by its own first key. */
function changed(members: (whole: Record<string, unknown>) => void): string {
  const whole = JSON.parse(VECTORS.cases[0]!.signed) as Record<string, unknown>;
  members(whole);
  const signed = canonical(whole as JsonObject);
  return descriptorText(signed, OLD!.key_id, OLD!.sign(signed));
}

const firstKey = (whole: Record<string, unknown>): Record<string, unknown> =>
  (whole.keys as Record<string, unknown>[])[0]!;

test("FD1 each descriptor of the vectors is signed as they say and read back", () => {
  for (const { name, signed, descriptor } of VECTORS.cases) {
    const { signature, ...members } = JSON.parse(descriptor) as JsonObject & { signature: { key_id: string } };
    const signer = [OLD!, NEW!].find(({ key_id }) => key_id === signature.key_id)!;
    assert.equal(canonical(members), signed, name);
    assert.equal(descriptorText(signed, signer.key_id, signer.sign(signed)), descriptor, name);
    const found = read(descriptor);
    assert.equal(found.keyId, signer.key_id, name);
    if (!signed.includes("a_later_member")) assert.equal(signedDescriptorText(found), signed, name);
  }
});

test("FD3 a descriptor that is not wholly right is refused, though its own key signed it: FIN-08, FIN-12", () => {
  read(changed(() => {}));
  for (const [members, says] of [
    [(whole) => (whole.server_name = "b.example"), /does not bear the name/],
    [(whole) => (whole.server_name = "Acme.example"), /does not bear the name/],
    [(whole) => (whole.protocol_versions = ["v2"]), /protocol version v1/],
    [(whole) => (whole.protocol_versions = "v1"), /protocol version v1/],
    [(whole) => (whole.public_key = `ed25519:${NEW!.public_key}`), /among its keys/],
    [(whole) => delete whole.public_key, /among its keys/],
    [(whole) => (whole.keys = []), /1 to 200 keys/],
    [(whole) => (whole.keys = [firstKey(whole), firstKey(whole)]), /a key twice/],
    [(whole) => (whole.keys = [firstKey(whole), { ...firstKey(whole), key_id: "another" }]), /a key twice/],
    [(whole) => (firstKey(whole).key_id = "a#b"), /proper key_id/],
    [(whole) => (firstKey(whole).public_key = OLD!.public_key), /of the form/],
    [(whole) => (firstKey(whole).public_key = `ed25519:${"A".repeat(43)}=`), /small order/],
    [(whole) => (firstKey(whole).valid_from = null), /without valid_from/],
    [(whole) => (firstKey(whole).valid_from = "2026-01-01"), /no time/],
    [(whole) => (firstKey(whole).valid_from = "2026-02-30T00:00:00.000Z"), /no time/],
    [(whole) => (firstKey(whole).valid_until = 5), /no time/],
    [(whole) => (firstKey(whole).valid_until = VECTORS.now), /revoked or over/],
    [(whole) => (firstKey(whole).revoked_at = "2099-01-01T00:00:00.000Z"), /revoked or over/],
    [(whole) => (firstKey(whole).introduced_by = { key_id: "x", value: "y" }), /malformed introduction/],
    [(whole) => (whole.endpoints = { federation: "https://evil.example/_stairwell/federation/v1" }), /another name/],
    [(whole) => (whole.endpoints = {}), /another name/],
    [(whole) => delete whole.endpoints, /no endpoints/],
    [(whole) => (whole.software = null), /no software/],
  ] as [(whole: Record<string, unknown>) => unknown, RegExp][]) {
    assert.throws(
      () => read(changed(members)),
      (error) => error instanceof DescriptorFault && says.test(error.message),
      String(members),
    );
  }
});

test("FD3 a descriptor is read strictly, and nothing of it holds without its signature", () => {
  const right = VECTORS.cases[0]!.descriptor;
  const { signature } = JSON.parse(right) as { signature: { value: string } };
  for (const [wrong, says] of [
    ["", /strict JSON/],
    ["[]", /no JSON object/],
    ["null", /no JSON object/],
    [right.slice(1), /strict JSON/],
    [right.replace("{", `{"server_name":"${NAME}",`), /strict JSON/],
    [right.replace("{", `{"__proto__":1,`), /strict JSON/],
    [right.replace('"version":"0.1.0"', '"version":"0.1.1"'), /does not fit/],
    [right.replace("{", `{"x":1,`), /does not fit/],
    [right.replace(signature.value, NEW!.sign(VECTORS.cases[0]!.signed)), /does not fit/],
    [right.replace(signature.value, signature.value.replace("==", "")), /does not fit/],
    [right.replace('"alg":"ed25519"', '"alg":"none"'), /not signed by its own/],
    [right.replace(`"signature":{`, `"sig":{`), /no signature/],
  ] as const) {
    assert.notEqual(wrong, right);
    assert.throws(
      () => read(wrong),
      (error) => error instanceof DescriptorFault && says.test(error.message),
      wrong.slice(0, 60),
    );
  }
});

const HOUR = 60 * 60 * 1000;
const BORN = Date.parse("2026-01-01T00:00:00.000Z");

/** Keys whose seed is a number; each may introduce others. */
function key(id: number, rest: Partial<DescriptorKey> = {}): DescriptorKey & { sign: (text: string) => string } {
  const { publicKey, sign } = keyOf(Buffer.alloc(32, id));
  const validFrom = BORN + id * HOUR;
  const plain = { keyId: `key${id}`, publicKey, validFrom, validUntil: null, revokedAt: null, introducedBy: null };
  return { ...plain, ...rest, sign };
}

function introduced(by: ReturnType<typeof key>, one: ReturnType<typeof key>): ReturnType<typeof key> {
  return { ...one, introducedBy: { keyId: by.keyId, signature: by.sign(introductionText(NAME, one)) } };
}

const adopt = (pinned: DescriptorKey[], offered: DescriptorKey[]) => adoptKeys(NAME, pinned, offered, verifyText);

function refusal(pinned: DescriptorKey[], offered: DescriptorKey[]): string {
  const adopted = adopt(pinned, offered);
  assert("fault" in adopted);
  return adopted.fault;
}

test("FD3 what is seen first is pinned, all of it", () => {
  const adopted = adopt([], [key(1), key(2)]);
  assert("keys" in adopted);
  assert.deepEqual(
    adopted.keys.map(({ keyId }) => keyId),
    ["key1", "key2"],
  );
});

test("FD3 a new key comes in by the word of one that is pinned, over several steps and in any order", () => {
  const [one, two, three] = [key(1), introduced(key(1), key(2)), introduced(key(2), key(3))];
  for (const offered of [
    [one, two, three],
    [three, two, one],
    [three, one, two],
  ]) {
    const adopted = adopt([one], offered);
    assert("keys" in adopted);
    assert.equal(adopted.keys.length, 3);
  }
});

test("FD3 a new key without the word of a pinned one is refused: FIN-48", () => {
  const [one, two, three] = [key(1), key(2), key(3)];
  assert.match(refusal([one], [one, two]), /no key that we know introduces key2/);
  assert.match(refusal([one], [one, introduced(two, two)]), /introduces key2/);
  assert.match(refusal([one], [one, introduced(three, two), introduced(two, three)]), /introduces/);
  assert.match(refusal([one], [introduced(one, two)]), /key1 is no longer listed/);
  const forged = { ...introduced(one, two), publicKey: three.publicKey };
  assert.match(refusal([one], [one, forged]), /introduces key2/);
  const elsewhere = one.sign(introductionText("b.example", two));
  const other = { ...two, introducedBy: { keyId: "key1", signature: elsewhere } };
  assert.match(refusal([one], [one, other]), /introduces key2/);
});

test("FD3 a revoked key introduces nobody, and one that is over only what it made in its time: FIN-10", () => {
  const one = key(1);
  const two = introduced(one, key(2));
  assert.match(refusal([one], [{ ...one, revokedAt: BORN + 5 * HOUR }, two]), /introduces key2/);
  assert.match(refusal([one], [{ ...one, validUntil: two.validFrom }, two]), /introduces key2/);
  assert("keys" in adopt([one], [{ ...one, validUntil: two.validFrom + 1 }, two]));
});

test("FD3 a chain of introductions costs as many signatures as it has, in whatever order: FIN-42", () => {
  const chain = [key(1)];
  for (let i = 2; i <= 100; i++) chain.unshift(introduced(chain[0]!, key(i)));
  let verified = 0;
  const counted: typeof verifyText = (...signed) => (verified++, verifyText(...signed));
  assert("keys" in adoptKeys(NAME, [key(1)], chain, counted));
  assert.equal(verified, 99);
  // Words that do not fit are not looked at again for each step of the chain.
  const { introducedBy } = introduced(key(1), key(200));
  const words = Array.from({ length: 99 }, (_, i) => ({ ...key(101 + i), introducedBy }));
  verified = 0;
  const refused = adoptKeys(NAME, [key(1)], [...chain, ...words], counted);
  assert("fault" in refused);
  assert.ok(verified < 200, `${verified} signatures`);
});

test("FD1 a pinned key never changes, and may end or be revoked earlier but never later", () => {
  const one = key(1, { validUntil: BORN + 9 * HOUR, revokedAt: BORN + 9 * HOUR });
  const also = key(2);
  const offer = (rest: Partial<DescriptorKey>) => [{ ...one, ...rest }, also];
  assert.match(refusal([one, also], offer({ publicKey: key(3).publicKey })), /is not what it was/);
  assert.match(refusal([one, also], offer({ validFrom: one.validFrom - 1 })), /is not what it was/);
  assert.match(refusal([one, also], offer({ validUntil: null })), /ends later/);
  assert.match(refusal([one, also], offer({ validUntil: one.validUntil! + 1 })), /ends later/);
  assert.match(refusal([one, also], offer({ revokedAt: null })), /no longer revoked/);
  assert.match(refusal([one, also], offer({ revokedAt: one.revokedAt! + 1 })), /no longer revoked/);
  for (const rest of [{ validUntil: one.validUntil! - 1 }, { revokedAt: one.revokedAt! - 1 }, {}]) {
    assert("keys" in adopt([one, also], offer(rest)));
  }
});
