import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { TestContext } from "node:test";
import { FaultProxy, S3Server } from "@stairwell/testing";
import {
  type BlobName,
  type BlobStore,
  FileBlobStore,
  S3BlobStore,
  type S3Pace,
  Staging,
} from "../../src/blobs/index.ts";
import { tempFolder } from "../support/store.ts";

/** A store of blobs, with a place where files are received for it. */
export interface Place {
  readonly blobs: BlobStore;
  readonly put: (bytes: Uint8Array, name?: BlobName) => Promise<BlobName>;
}

export async function placeOf(t: TestContext, blobs: BlobStore, folder = tempFolder(t)): Promise<Place> {
  t.after(() => blobs.close());
  const staging = await Staging.open(join(folder, "staging"));
  return {
    blobs,
    async put(bytes, name = newName()) {
      const staged = await staging.receive(Readable.from([bytes]), bytes.length);
      try {
        await blobs.put(name, staged);
      } finally {
        await staged.discard();
      }
      return name;
    },
  };
}

/** The engines of the port, each with nothing in it. */
export const ENGINES: Record<string, (t: TestContext) => Promise<Place>> = {
  files(t) {
    const folder = tempFolder(t);
    return placeOf(t, new FileBlobStore(join(folder, "blobs")), folder);
  },
  async S3(t) {
    return placeOf(t, new S3BlobStore((await S3Server.shared()).options()));
  },
};

/** Soon tired of a store that fails. */
export const HASTY: Partial<S3Pace> = { silenceMs: 1500, patienceMs: 150, pauseMs: 10 };

/** A bucket behind a proxy that harms what goes through it. */
export async function harmed(t: TestContext, pace: Partial<S3Pace> = {}) {
  const server = await S3Server.shared();
  const proxy = await FaultProxy.start(t, server.url);
  const options = { ...server.options(proxy.url), pace: { ...HASTY, ...pace } };
  const place = await placeOf(t, new S3BlobStore(options));
  return { ...place, proxy, left: () => server.files(options.prefix) };
}

export function newName(tenantNo = 7): BlobName {
  return { tenantNo, blobId: randomUUID() };
}

export async function bytesOf(stream: Readable | undefined): Promise<Buffer> {
  return Buffer.concat((await stream!.toArray()) as Buffer[]);
}
