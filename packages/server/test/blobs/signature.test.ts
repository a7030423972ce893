import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { S3mini } from "s3mini";
import { type S3Keys, S3Server, signatureFault, type SignedRequest } from "@stairwell/testing";
import { S3BlobStore } from "../../src/blobs/index.ts";
import { bytesOf, newName, placeOf } from "./stores.ts";

/** The keys, requests and signatures that AWS publishes for its description of Signature Version 4 in S3. */
const KEYS: S3Keys = {
  accessKey: "AKIAIOSFODNN7EXAMPLE",
  secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
};
const NOW = new Date("2013-05-24T00:00:00Z");
const HOST = "examplebucket.s3.amazonaws.com";
const NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const PRESIGNED =
  `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${KEYS.accessKey}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request` +
  "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
  "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

function signed(method: string, url: string, headers: Record<string, string>, signature: string): SignedRequest {
  const all = { host: HOST, "x-amz-content-sha256": NOTHING, "x-amz-date": "20130524T000000Z", ...headers };
  const names = Object.keys(all).sort().join(";");
  const credential = `${KEYS.accessKey}/20130524/us-east-1/s3/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${names},Signature=${signature}`;
  return { method, url, headers: { ...all, authorization } };
}

const EXAMPLES: Record<string, SignedRequest> = {
  "a range of an object": signed(
    "GET",
    "/test.txt",
    { range: "bytes=0-9" },
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  ),
  "an object that is put": signed(
    "PUT",
    "/test%24file.text",
    {
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    },
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  ),
  "the lifecycle of a bucket": signed(
    "GET",
    "/?lifecycle",
    {},
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  ),
  "the objects of a bucket": signed(
    "GET",
    "/?max-keys=2&prefix=J",
    {},
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  ),
  "an address that is signed beforehand": { method: "GET", url: PRESIGNED, headers: { host: HOST } },
};

for (const [what, request] of Object.entries(EXAMPLES)) {
  test(`the check of signatures takes the published one of ${what}, and none of anything else`, () => {
    assert.equal(signatureFault(request, KEYS, NOW), undefined);
    const { url, headers } = request;
    const others: [string, SignedRequest, S3Keys?, Date?][] = [
      ["SignatureDoesNotMatch", { ...request, method: "DELETE" }],
      ["SignatureDoesNotMatch", { ...request, url: url!.replace("/", "/x") }],
      ["SignatureDoesNotMatch", { ...request, url: `${url}${url!.includes("?") ? "&" : "?"}x=1` }],
      ["SignatureDoesNotMatch", { ...request, headers: { ...headers, host: "elsewhere.example" } }],
      ["AccessDenied", { ...request, headers: { ...headers, "x-amz-acl": "public-read" } }],
      ["SignatureDoesNotMatch", request, { ...KEYS, secretKey: `${KEYS.secretKey}x` }],
      ["InvalidAccessKeyId", request, { ...KEYS, accessKey: "ANOTHER" }],
      ["AuthorizationHeaderMalformed", request, { ...KEYS, region: "eu-central-1" }],
      ["RequestTimeTooSkewed", request, KEYS, new Date("2013-05-23T23:40:00Z")],
    ];
    for (const [fault, other, keys = KEYS, now = NOW] of others) assert.equal(signatureFault(other, keys, now), fault);
    assert.notEqual(signatureFault(request, KEYS, new Date("2013-05-25T00:00:01Z")), undefined);
    assert.equal(signatureFault({ ...request, url: "/test.txt", headers: { host: HOST } }, KEYS, NOW), "AccessDenied");
  });
}

test("what signs blobs on their way signs the published address as it is published", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: NOW });
  const signer = new S3mini({
    accessKeyId: KEYS.accessKey,
    secretAccessKey: KEYS.secretKey,
    endpoint: `https://${HOST}/`,
    region: KEYS.region,
  });
  assert.equal(await signer.getPresignedUrl("GET", "test.txt", 86_400), `https://${HOST}${PRESIGNED}`);
});

test("a store that checks signatures takes ours below every prefix that may be configured", async (t) => {
  const server = await S3Server.shared();
  for (const path of ["", "a/", "of-2.0/Rooms_x/-/"]) {
    const options = server.options();
    const { blobs, put } = await placeOf(t, new S3BlobStore({ ...options, prefix: `${options.prefix}${path}` }));
    const bytes = randomBytes(100);
    const name = await put(bytes);
    assert.deepEqual(await bytesOf(await blobs.open(name)), bytes, path);
    assert.equal(await blobs.open(newName()), undefined, path);
    assert.deepEqual(await Array.fromAsync(blobs.listBefore(7, Infinity)), [name], path);
    await blobs.remove([name]);
    assert.equal(await blobs.open(name), undefined, path);
  }
});

for (const minutes of [-10, 10]) {
  test(`a store takes what a server signs whose clock is ${minutes} minutes off`, async (t) => {
    const { blobs, put } = await placeOf(t, new S3BlobStore((await S3Server.shared()).options()));
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() + minutes * 60_000 });
    const bytes = randomBytes(100);
    const name = await put(bytes);
    assert.deepEqual(await bytesOf(await blobs.open(name)), bytes);
    await blobs.remove([name]);
    assert.equal(await blobs.open(name), undefined);
  });
}

for (const [what, harm] of Object.entries({
  "another secret": { secretKey: "another" },
  "another region": { region: "eu-central-1" },
  "a key that nobody knows": { accessKey: "another" },
})) {
  test(`a store that checks signatures refuses ours with ${what}, at once`, async (t) => {
    const options = (await S3Server.shared()).options();
    // Would be asked again for as long as the test may take, if it were asked again.
    const pace = { patienceMs: 3_600_000 };
    const { blobs, put } = await placeOf(t, new S3BlobStore({ ...options, ...harm, pace }));
    const isRefusal = (error: Error): boolean => /answered 403 [A-Z]/.test(String(error.cause));
    await assert.rejects(put(randomBytes(10)), isRefusal);
    await assert.rejects(blobs.open(newName()), isRefusal);
    await assert.rejects(Array.fromAsync(blobs.listBefore(7, Infinity)), isRefusal);
    await assert.rejects(blobs.remove([newName()]), isRefusal);
  });
}
