import { type Json, StairwellError } from "@stairwell/protocol";
import { describeTenant } from "../../src/federation/discovery/describe-tenant.ts";
import { destinationOf } from "../../src/federation/discovery/destination.ts";
import { authenticatePeer, type PeerAuthentication } from "../../src/federation/inbound/authenticate-peer.ts";
import { checkDigest } from "../../src/federation/inbound/check-digest.ts";
import { Once } from "../../src/federation/inbound/once.ts";
import type { PeerRequest } from "../../src/federation/inbound/peer-request.ts";
import { sharedMedium } from "../../src/federation/inbound/shared-medium.ts";
import { profileFor } from "../../src/federation/inbound/profile.ts";
import { membersQueryIn, rangeIn } from "../../src/federation/inbound/read-call.ts";
import { takeSend } from "../../src/federation/inbound/take-send.ts";
import type { Sharing } from "../../src/federation/index.ts";
import type { BlobStore } from "../../src/blobs/index.ts";
import { contentOf, type Digests } from "../../src/media/index.ts";
import type { Db } from "../../src/db/index.ts";
import { refusalOf } from "../../src/http/errors.ts";
import type { Answered } from "../../src/lib/outbound.ts";

import { bytesOf } from "./files.ts";

/** A request as it comes off the wire. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** Answers what other servers ask. */
export type PeerDoor = (request: WireRequest) => Promise<Answered>;

export interface DoorParts extends PeerAuthentication {
  readonly db: Db;
  readonly sharing: Sharing;
  readonly blobs: BlobStore;
  readonly digests: Digests;
  /** It failed by itself, which nobody can make it do. */
  readonly onFault: (error: unknown) => void;
}

const PREFIX = "/_stairwell/federation/v1";

/** The door for other servers without the web framework: the same steps in the same order, over the same bytes. */
export function peerDoor(parts: DoorParts): PeerDoor {
  return async (request) => {
    try {
      if (request.target === "/.well-known/stairwell/server") return await descriptor(parts, request);
      const peer = await admitted(parts, request);
      const answer = await carryOut(parts, peer, request);
      if (!Buffer.isBuffer(answer)) return answered(200, answer);
      return { status: 200, headers: { "content-type": "application/octet-stream" }, body: answer };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.code === "SW_INTERNAL") parts.onFault(error);
      return answered(refusal.status, { error: { code: refusal.code, message: refusal.message } });
    }
  };
}

async function descriptor({ db, clock }: DoorParts, { headers }: WireRequest): Promise<Answered> {
  const text = await db.snapshot(async (reader) => {
    const tenant = await destinationOf(reader, headers["host"]);
    return tenant && describeTenant(reader, tenant, clock.now());
  });
  if (text === undefined) throw new StairwellError("SW_NOT_FOUND");
  return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(text) };
}

async function admitted(parts: DoorParts, { method, target, headers, body }: WireRequest): Promise<PeerRequest> {
  const rawHeaders = Object.entries(headers).flat();
  const peer = await authenticatePeer(parts, { method, target, rawHeaders }, headers["host"]);
  checkDigest(peer.digest, body);
  if (target !== `${PREFIX}/send`) await new Once(parts.db, peer).take();
  return peer;
}

async function carryOut(
  { db, sharing, blobs, digests }: DoorParts,
  peer: PeerRequest,
  request: WireRequest,
): Promise<Buffer | { readonly data: unknown }> {
  const url = new URL(request.target, "https://any");
  const [, first = "", second = "", third, fourth = ""] = url.pathname.slice(PREFIX.length).split("/");
  const named = decodeURIComponent(second);
  switch (`${request.method} ${first}${third === undefined ? "" : `/${third}`}`) {
    case "POST send":
      return { data: { results: await takeSend({ db, sharing }, peer, request.body) } };
    case "GET profile":
      return { data: await profileFor(db, peer, named) };
    case "GET rooms/backfill":
      return { data: await sharing.backfill(peer, named, rangeIn(request.target)) };
    case "GET rooms/members":
      return { data: await sharing.members(peer, named, membersQueryIn(request.target)) };
    case "GET rooms/media": {
      const wanted = { roomId: named, sha256: decodeURIComponent(fourth) };
      const medium = await db.snapshot((reader) => sharedMedium(reader, digests, peer, wanted));
      return await bytesOf(await contentOf(blobs, medium));
    }
    default:
      throw new StairwellError("SW_NOT_FOUND");
  }
}

function answered(status: number, body: { data: unknown } | { error: Json }): Answered {
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(body)) };
}
