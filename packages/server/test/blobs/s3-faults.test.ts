import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import type { StairwellError } from "@stairwell/protocol";
import type { Fault } from "@stairwell/testing";
import { bytesOf, harmed, newName } from "./stores.ts";

const MIB = 1024 * 1024;
/** Soon noticed, and asked for again. */
const PATIENT = { silenceMs: 500, patienceMs: 60_000 };
const isUnavailable = ({ code }: StairwellError): boolean => code === "SW_UNAVAILABLE";

interface Asked {
  readonly method: string | undefined;
  readonly searchParams: URLSearchParams;
}

const OUTAGES: Record<string, Fault> = {
  "is down": "down",
  "is silent": "silent",
  "answers 500": { status: 500 },
  "answers 503": { status: 503 },
  "answers 429": { status: 429 },
  "refuses our key": { status: 403 },
  "loses its answers": "answer lost",
};

for (const [what, fault] of Object.entries(OUTAGES)) {
  test(`while S3 ${what} nothing is put, read, listed or removed; and then all is again`, async (t) => {
    const { blobs, put, proxy, left } = await harmed(t);
    const before = randomBytes(1000);
    const name = await put(before);
    proxy.fault = fault;
    await Promise.all([
      assert.rejects(put(randomBytes(1000)), isUnavailable),
      assert.rejects(blobs.open(name), isUnavailable),
      assert.rejects(blobs.open(name, { start: 1, end: 2 }), isUnavailable),
      assert.rejects(Array.fromAsync(blobs.listBefore(7, Infinity)), isUnavailable),
      assert.rejects(blobs.remove([name]), isUnavailable),
    ]);
    proxy.fault = undefined;
    if (fault !== "answer lost") assert.deepEqual(await bytesOf(await blobs.open(name)), before);
    else assert.deepEqual(await left(), [], "what was put or removed in spite of the answer is gone");
    assert.deepEqual(await bytesOf(await blobs.open(await put(before))), before);
  });
}

for (const [what, fault] of Object.entries({ ...OUTAGES, "refuses our key": undefined })) {
  if (fault === undefined) continue;
  test(`S3 that ${what} once is asked again, and nobody notices`, async (t) => {
    const { blobs, put, proxy } = await harmed(t, PATIENT);
    const bytes = randomBytes(100_000);
    const once = (method: string) => {
      let left = 1;
      proxy.fault = (request) => (request.method === method && left-- > 0 ? fault : undefined);
    };
    once("PUT");
    const name = await put(bytes);
    once("GET");
    assert.deepEqual(await bytesOf(await blobs.open(name)), bytes);
    once("GET");
    assert.deepEqual(await Array.fromAsync(blobs.listBefore(7, Infinity)), [name]);
    once("DELETE");
    await blobs.remove([name]);
    assert.equal(await blobs.open(name), undefined);
    assert(proxy.seen.length >= 9);
  });
}

for (const cut of ["cutAfter", "stallAfter"] as const) {
  test(`a read that S3 ends by ${cut} fails, and is never short and whole`, async (t) => {
    const { blobs, put, proxy } = await harmed(t, { ...PATIENT, patienceMs: 1000 });
    const bytes = randomBytes(300_000);
    const name = await put(bytes);
    for (const after of [1, 100_000, 299_999]) {
      proxy.fault = cut === "cutAfter" ? { cutAfter: after } : { stallAfter: after };
      let got = 0;
      await assert.rejects(async () => {
        for await (const part of (await blobs.open(name))!) got += (part as Buffer).length;
      });
      assert(got <= after);
    }
    proxy.fault = undefined;
    assert.deepEqual(await bytesOf(await blobs.open(name)), bytes);
  });
}

test("a reader who is slower than S3 would wait is no silence of S3", async (t) => {
  const { blobs, put } = await harmed(t, PATIENT);
  const bytes = randomBytes(8 * MIB);
  const stream = (await blobs.open(await put(bytes)))!;
  const parts: Buffer[] = [];
  for await (const part of stream) {
    // Longer than the store may be silent, at the begin and in the middle.
    if ([0, 4 * MIB].some((at) => at >= size(parts) && at < size(parts) + (part as Buffer).length)) {
      await new Promise((resolve) => setTimeout(resolve, 3 * PATIENT.silenceMs));
    }
    parts.push(part as Buffer);
  }
  assert.deepEqual(Buffer.concat(parts), bytes);
});

test("readers who take nothing keep nobody from reading, nor from what is put and removed", async (t) => {
  const { blobs, put } = await harmed(t, { silenceMs: 5000, patienceMs: 5000 });
  const name = await put(randomBytes(2 * MIB));
  const idle = await Promise.all(Array.from({ length: 100 }, () => blobs.open(name)));
  t.after(() => idle.forEach((stream) => stream!.destroy()));
  const bytes = randomBytes(1000);
  const another = await put(bytes);
  assert.deepEqual(await bytesOf(await blobs.open(another)), bytes);
  await blobs.remove([another]);
  assert.deepEqual(await Array.fromAsync(blobs.listBefore(7, Infinity)), [name]);
});

test("a range that S3 answers with the whole is not passed on", async (t) => {
  const { blobs, put, proxy } = await harmed(t);
  const name = await put(Buffer.from("0123456789"));
  proxy.fault = "no ranges";
  await assert.rejects(blobs.open(name, { start: 3, end: 5 }), isUnavailable);
});

test("what is large goes up in parts, each asked for again by itself, and is one blob", async (t) => {
  const { blobs, put, proxy, left } = await harmed(t, { partBytes: 5 * MIB, patienceMs: 60_000, silenceMs: 10_000 });
  const bytes = randomBytes(12 * MIB + 7);
  const failing = new Set(["1", "3"]);
  proxy.fault = (request) => {
    const number = new URL(request.url!, "http://s3").searchParams.get("partNumber");
    return number !== null && failing.delete(number) ? { status: 503 } : undefined;
  };
  const name = await put(bytes);
  assert.equal(failing.size, 0);
  assert.deepEqual(await bytesOf(await blobs.open(name)), bytes);
  assert.deepEqual(
    await bytesOf(await blobs.open(name, { start: 5 * MIB - 1, end: 10 * MIB })),
    bytes.subarray(5 * MIB - 1, 10 * MIB + 1),
  );
  assert.equal((await left()).length, 1);
});

for (const [what, isFailing] of Object.entries({
  "one part": ({ method, searchParams: query }: Asked) => method === "PUT" && query.get("partNumber") === "2",
  "the end": ({ method, searchParams: query }: Asked) => method === "POST" && query.has("uploadId"),
})) {
  test(`an upload in parts of which ${what} fails is aborted, and leaves nothing`, async (t) => {
    const { put, proxy, left } = await harmed(t, { partBytes: 5 * MIB });
    proxy.fault = ({ method, url }) => {
      const { searchParams } = new URL(url!, "http://s3");
      return isFailing({ method, searchParams }) ? { status: 500 } : undefined;
    };
    await assert.rejects(put(randomBytes(12 * MIB)), isUnavailable);
    assert.deepEqual(proxy.seen.slice(-2), ["DELETE uploadId", "DELETE"]);
    assert.deepEqual(await left(), []);
  });
}

test("nothing that is thrown tells the keys, the address or what was signed", async (t) => {
  const { blobs, put, proxy } = await harmed(t, { patienceMs: 0, silenceMs: 50 });
  const name = newName();
  for (const fault of [...Object.values(OUTAGES), { status: 404 }] satisfies Fault[]) {
    proxy.fault = fault;
    const failures = [
      () => put(Buffer.from("x"), name),
      () => blobs.open(name),
      () => blobs.remove([name]),
      () => Array.fromAsync(blobs.listBefore(1, 0)),
    ];
    for (const fail of failures) {
      const error = await fail().then(
        () => assert.fail("it did not fail"),
        (thrown: Error) => thrown,
      );
      const told = logged(error);
      assert.doesNotMatch(told, /S3RVER|X-Amz|Signature|127\.0\.0\.1|part-\d/, told);
    }
  }
});

function size(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** All that a log could write of an error: what it is of, and what it was caused by. */
function logged(error: unknown): string {
  return inspect(error, { depth: Infinity, showHidden: true });
}
