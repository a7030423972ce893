import type { IncomingMessage } from "node:http";
import { StairwellError } from "@stairwell/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../../db/index.ts";
import { authenticatePeer, type PeerAuthentication } from "./authenticate-peer.ts";
import { checkDigest } from "./check-digest.ts";
import { Once } from "./once.ts";
import { type PeerPlace, PeerPlaces } from "./peer-places.ts";
import type { PeerRequest } from "./peer-request.ts";
import type { Sharing } from "../sharing.ts";
import { profileFor } from "./profile.ts";
import { membersQueryIn, rangeIn } from "./read-call.ts";
import { mountSharedMedia, type SharedMediaParts } from "./shared-media.routes.ts";
import { takeSend } from "./take-send.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The server that signed it, for calls between servers; null for all others. */
    peer: PeerRequest | null;
    /** What it holds while it is under way. */
    peerPlace: PeerPlace | null;
    /** The bytes of a body between servers, whose digest was signed. */
    peerBody: Buffer | null;
  }
}

const PREFIX = "/_stairwell/federation/v1";
/** The largest body between servers. */
const BODY_BYTES = 1024 * 1024;

export interface FederationParts extends PeerAuthentication, SharedMediaParts {
  readonly db: Db;
  /** Counts a failed authentication of an address; throws `SW_RATE_LIMIT_EXCEEDED` where there were too many. */
  readonly countFailure: (request: IncomingMessage) => void;
  /** `SW_UNAVAILABLE` once the server stops. */
  readonly checkDraining: () => void;
  /** Ends requests whose bodies do not come in time. */
  readonly deadlines: { begin(request: IncomingMessage): void; end(request: IncomingMessage): void };
  readonly succeed: (request: FastifyRequest, reply: FastifyReply, status: number, body: { data: unknown }) => void;
  /** What is said between servers about the rooms that they share. */
  readonly sharing: Pick<Sharing, "take" | "backfill" | "members">;
}

/**
 * Adds the calls between servers. All are behind the same steps: the head is authenticated before a body is read, the
 * body's bytes are held against the digest that was signed, and each request is taken once.
 */
export function mountFederation(app: FastifyInstance, parts: FederationParts): void {
  app.decorateRequest("peer", null);
  app.decorateRequest("peerPlace", null);
  app.decorateRequest("peerBody", null);
  const places = new PeerPlaces();
  app.register(
    (scope, _options, done) => {
      readPeerBodies(scope, parts);
      scope.addHook("onRequest", async (request, reply) => authenticate(parts, places, request, reply));
      scope.addHook("preHandler", async (request) => {
        checkDigest(request.peer!.digest, request.peerBody);
        // What is told is taken with what comes of it.
        if (!isSend(request)) await request.peerPlace!.during(new Once(parts.db, request.peer!).take());
      });
      scope.get("/profile/:local_id", async (request, reply) => {
        const { local_id } = request.params as { local_id: string };
        const data = await request.peerPlace!.during(profileFor(parts.db, request.peer!, local_id));
        parts.succeed(request, reply, 200, { data });
        return reply;
      });
      mountSharing(scope, parts);
      mountSharedMedia(scope, parts);
      done();
    },
    { prefix: PREFIX },
  );
}

/** The calls about rooms that are shared. */
function mountSharing(scope: FastifyInstance, { db, sharing, succeed }: FederationParts): void {
  scope.post("/send", async (request, reply) => {
    const results = await request.peerPlace!.during(takeSend({ db, sharing }, request.peer!, request.peerBody));
    succeed(request, reply, 200, { data: { results } });
    return reply;
  });
  scope.get("/rooms/:room_id/backfill", async (request, reply) => {
    const { room_id } = request.params as { room_id: string };
    const range = rangeIn(request.raw.url!);
    const data = await request.peerPlace!.during(sharing.backfill(request.peer!, room_id, range));
    succeed(request, reply, 200, { data });
    return reply;
  });
  scope.get("/rooms/:room_id/members", async (request, reply) => {
    const { room_id } = request.params as { room_id: string };
    const data = await request.peerPlace!.during(
      sharing.members(request.peer!, room_id, membersQueryIn(request.raw.url!)),
    );
    succeed(request, reply, 200, { data });
    return reply;
  });
}

function isSend({ method, routeOptions }: FastifyRequest): boolean {
  return method === "POST" && routeOptions.url === `${PREFIX}/send`;
}

/** Bodies stay bytes here: what was signed is what came, not what a reader makes of it. */
function readPeerBodies(scope: FastifyInstance, { deadlines }: FederationParts): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_BYTES }, (request, bytes, parsed) => {
    deadlines.end(request.raw);
    // As asked for by parseAs; the type allows for both.
    request.peerBody = bytes as Buffer;
    parsed(null, undefined);
  });
}

async function authenticate(
  parts: FederationParts,
  places: PeerPlaces,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  parts.checkDraining();
  const { raw } = request;
  const head = { method: raw.method!, target: raw.url!, rawHeaders: raw.rawHeaders };
  try {
    request.peer = await authenticatePeer(parts, head, raw.headers.host);
  } catch (error) {
    if (error instanceof StairwellError && error.status === 401) parts.countFailure(raw);
    throw error;
  }
  const { tenant, serverName } = request.peer;
  const place = places.take(tenant.tenantNo, serverName);
  request.peerPlace = place;
  reply.raw.once("close", () => place.closed());
  if (request.peer.digest !== undefined) parts.deadlines.begin(raw);
}
