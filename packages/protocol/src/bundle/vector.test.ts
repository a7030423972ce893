import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { test } from "node:test";
import { checkManifest } from "../../test/bundle.ts";
import { readVectors } from "../../test/vectors.ts";
import { canonical } from "../canonical.ts";
import type { Json } from "../json.ts";
import {
  type BundleCounts,
  type BundleEvent,
  type BundleSignature,
  closingText,
  eventText,
  listText,
  type ManifestHead,
  type Omission,
  openingText,
  signatureText,
  signedText,
} from "./index.ts";

interface Vector {
  private_key_seed: string;
  public_key: string;
  sha256: string;
  signed: string;
  signature: BundleSignature;
  manifest: string;
}

const VECTOR = readVectors<Vector>("bundle");

interface Whole extends ManifestHead {
  people: Json[];
  members: Json[];
  media: Json[];
  events: BundleEvent[];
  omitted: Omission[];
  counts: BundleCounts;
}

const list = (entries: readonly string[]): string => `${entries.join(",")}]`;

test("the vector's manifest is written byte for byte", () => {
  const whole = JSON.parse(VECTOR.manifest) as Whole;
  const text = [
    openingText(whole),
    listText("people"),
    list(whole.people.map(canonical)),
    listText("members"),
    list(whole.members.map(canonical)),
    listText("media"),
    list(whole.media.map(canonical)),
    listText("events"),
    list(
      whole.events.map(({ envelope, hash, content, salt }) =>
        eventText(envelope, hash, {
          content: content === undefined ? null : canonical(content),
          salt: salt ?? null,
        }),
      ),
    ),
    closingText(whole.omitted, whole.counts),
    signatureText(VECTOR.signature),
  ].join("");
  assert.equal(text, VECTOR.manifest);
});

test("the vector's manifest is found right, and signed by its key", () => {
  const { check, signed } = checkManifest(VECTOR.manifest, 100);
  assert.equal(signed, VECTOR.sha256);
  assert.equal(signedText(signed), VECTOR.signed);
  assert.deepEqual(check.signature, VECTOR.signature);
  assert.deepEqual([check.counts.events, check.counts.media, check.omitted.length], [6, 1, 1]);
  const seed = Buffer.from(VECTOR.private_key_seed, "base64");
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const { x } = createPublicKey(key).export({ format: "jwk" });
  assert.equal(Buffer.from(x!, "base64url").toString("base64"), VECTOR.public_key);
  assert.equal(sign(null, Buffer.from(VECTOR.signed), key).toString("base64"), VECTOR.signature.value);
});

test("what a message names must be among the media, and what is there must be named", () => {
  const missing = VECTOR.manifest.replace(/"media":\[\{.*?\}\],"events"/, '"media":[],"events"');
  assert.throws(() => checkManifest(missing), {
    message: /\/events\/3: names a medium that is not there: media\/2cf2/,
  });
  const other = `{"mime_type":"text/plain","names":[],"sha256":"${"0".repeat(64)}","size":1}`;
  const surplus = VECTOR.manifest.replace('"media":[', `"media":[${other},`);
  assert.throws(() => checkManifest(surplus), { message: /\/media: no event names media\/0000/ });
});
