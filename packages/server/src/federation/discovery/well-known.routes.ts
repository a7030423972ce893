import { hash } from "node:crypto";
import { StairwellError } from "@stairwell/protocol";
import type { FastifyInstance } from "fastify";
import type { Db } from "../../db/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { describeTenant } from "./describe-tenant.ts";
import { destinationOf } from "./destination.ts";

/** Seconds for which a descriptor may be kept by what lies between. */
const MAX_AGE = 300;

/**
 * Adds `GET /.well-known/stairwell/server`: the descriptor of the tenant whose name is asked, open to everybody whatever
 * its policy (FD1). For any other host it is answered as a path that is not there.
 */
export function wellKnownRoute(app: FastifyInstance, { db, clock }: { db: Db; clock: Pick<Clock, "now"> }): void {
  app.get("/.well-known/stairwell/server", async (request, reply) => {
    const text = await db.snapshot(async (reader) => {
      const tenant = await destinationOf(reader, request.headers.host);
      return tenant && describeTenant(reader, tenant, clock.now());
    });
    if (text === undefined) throw new StairwellError("SW_NOT_FOUND");
    const etag = `"${hash("sha256", text)}"`;
    reply
      .header("cache-control", `public, max-age=${MAX_AGE}`)
      .header("etag", etag)
      .header("vary", "host")
      .header("x-content-type-options", "nosniff");
    if (request.headers["if-none-match"] === etag) return reply.code(304).send();
    return reply.header("content-type", "application/json; charset=utf-8").send(text);
  });
}
