import { StairwellError } from "@stairwell/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { BlobStore } from "../../blobs/index.ts";
import type { Db } from "../../db/index.ts";
import type { Sendable } from "../../http/endpoint.ts";
import { Slots } from "../../lib/slots.ts";
import { contentOf, type Digests } from "../../media/index.ts";
import { sharedMedium } from "./shared-medium.ts";

export interface SharedMediaParts {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly digests: Digests;
  readonly sendBytes: (request: FastifyRequest, reply: FastifyReply, sendable: Sendable) => void;
}

/** Files that one server receives at a time. */
const MOST_AT_ONCE = 16;

/** Whatever it is, it is bytes to another server: nothing of it is shown, run, or kept in between. */
const HEADERS = {
  "content-type": "application/octet-stream",
  "content-disposition": "attachment",
  "content-security-policy": "sandbox; default-src 'none'",
  "cache-control": "no-store",
};

/** Adds the call by which other servers ask for what our people sent (FD19). */
export function mountSharedMedia(scope: FastifyInstance, { db, blobs, digests, sendBytes }: SharedMediaParts): void {
  const slots = new Slots(MOST_AT_ONCE, 0);
  scope.get("/rooms/:room_id/media/:sha256", async (request, reply) => {
    const { room_id: roomId, sha256 } = request.params as { room_id: string; sha256: string };
    const peer = request.peer!;
    const free = await slots.take(`${peer.tenant.tenantNo} ${peer.serverName}`);
    if (free === undefined) throw new StairwellError("SW_UNAVAILABLE", { retryAfterSeconds: 1 });
    reply.raw.once("close", free);
    const medium = await db.snapshot((reader) => sharedMedium(reader, digests, peer, { roomId, sha256 }));
    sendBytes(request, reply, {
      status: 200,
      headers: { ...HEADERS, "content-length": medium.size },
      open: () => contentOf(blobs, medium),
    });
    return reply;
  });
}
