import assert from "node:assert/strict";
import { createHash, createPublicKey, hash, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Answer, type Person, type TestServer } from "@stairwell/testing";
import {
  type BundleCounts,
  type BundleEvent,
  type BundleMedium,
  type BundleMember,
  type BundlePerson,
  type BundleSignature,
  MANIFEST,
  MANIFEST_KEYS,
  ManifestCheck,
  type ManifestHead,
  ManifestSplitter,
  type Omission,
  signedText,
} from "@stairwell/protocol/bundle";
import { findSigningKey } from "../../src/tenants/index.ts";
import { Archive } from "../../src/bundles/zip/archive.ts";

/** A manifest as a whole: the rooms of tests are small. */
export interface Manifest extends ManifestHead {
  people: BundlePerson[];
  members: BundleMember[];
  media: BundleMedium[];
  events: BundleEvent[];
  omitted: Omission[];
  counts: BundleCounts;
  signature: BundleSignature;
}

export interface Exported {
  readonly headers: Headers;
  readonly bytes: Buffer<ArrayBuffer>;
  readonly manifest: Manifest;
  /** The manifest's bytes. */
  readonly text: string;
  /** By the names of their entries. */
  readonly media: ReadonlyMap<string, Buffer>;
}

export function startExport(person: Person, roomId: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${person.url}/v1/rooms/${roomId}/export`, {
    headers: { authorization: `Bearer ${person.credential}` },
    ...(signal && { signal }),
  });
}

/** The refusal of an export. */
export async function refusedExport(person: Person, roomId: string): Promise<Answer> {
  const response = await startExport(person, roomId);
  const { error } = (await response.json()) as Answer;
  return { status: response.status, headers: response.headers, data: {}, meta: {}, error };
}

/** Exports a room and reads the ZIP with the strict reader; the manifest is checked but for its signature. */
export async function exported(t: TestContext, person: Person, roomId: string): Promise<Exported> {
  const response = await startExport(person, roomId);
  if (response.status !== 200) assert.fail(`${response.status} ${await response.text()}`);
  return { headers: response.headers, ...(await readBundle(t, Buffer.from(await response.arrayBuffer()))) };
}

export async function readBundle(t: TestContext, bytes: Buffer<ArrayBuffer>): Promise<Omit<Exported, "headers">> {
  const file = await open(bundleFile(t, bytes));
  try {
    const archive = await Archive.open(file, bytes.length, { entries: 100_001, expansion: 1000 });
    const contents = new Map<string, Buffer>();
    for (const name of archive.names) {
      const parts: Buffer[] = [];
      for await (const part of archive.read(name)) parts.push(part as Buffer);
      contents.set(name, Buffer.concat(parts));
    }
    const text = contents.get(MANIFEST)!.toString();
    checkManifest(text);
    contents.delete(MANIFEST);
    return { bytes, manifest: JSON.parse(text) as Manifest, text, media: contents };
  } finally {
    await file.close();
  }
}

/** A file with these bytes, which is gone after the test. */
export function bundleFile(t: TestContext, bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-bundle-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "room.zip");
  writeFileSync(path, bytes);
  return path;
}

function checkManifest(text: string): void {
  const check = new ManifestCheck((part) => hash("sha256", part));
  const splitter = new ManifestSplitter();
  for (const part of splitter.take(Buffer.from(text))) check.take(part);
  splitter.end();
  check.end();
  assert.deepEqual(Object.keys(JSON.parse(text) as object), [...MANIFEST_KEYS]);
}

/** Holds the signature against the tenant's key in the store, by the words of the specification. */
export async function assertSigned(server: TestServer, { text, manifest }: Exported, slug = "dev"): Promise<void> {
  const [signed] = text.split(',"signature":{"alg"');
  const sha256 = createHash("sha256").update(signed!).digest("hex");
  const row = await server.db.get<{ tenant_no: number }>("SELECT tenant_no FROM tenants WHERE slug = $1", slug);
  const key = await findSigningKey(server.db, row!.tenant_no, Date.now());
  assert.equal(manifest.signature.key_id, key!.keyId);
  const x = Buffer.from(key!.publicKey, "base64").toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const value = Buffer.from(manifest.signature.value, "base64");
  assert(verify(null, Buffer.from(signedText(sha256)), publicKey, value), "the signature is not the tenant's");
}
