import { invalid } from "@stairwell/protocol";
import { stream as routes } from "@stairwell/protocol/api";
import { STREAM } from "@stairwell/protocol/stream";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import { wireTime } from "../lib/clock.ts";
import { findById } from "../participants/index.ts";
import { perform } from "../receipts/index.ts";
import type { Presence } from "./presence.ts";
import { sync, type SyncParts } from "./sync.ts";
import type { TicketOffice } from "./tickets.ts";
import type { Typing } from "./typing.ts";

export interface StreamRouteParts extends SyncParts {
  db: Parameters<typeof perform>[0];
  tickets: TicketOffice;
  typing: Typing;
  presence: Presence;
}

const SYNC_EVENTS = 100;
const SYNC_TIMEOUT_MS = 30_000;
/** People one look at presence may name. */
const MOST_IDS = 100;

/** The calls around the stream: tickets, the long poll, typing and presence. */
export function streamRoutes(parts: StreamRouteParts): Endpoint[] {
  const { db, now, presence, tickets, typing } = parts;
  return [
    command(
      routes.createStreamTicket,
      async ({ actor, credential }, receipt) => {
        const ticket = await tickets.issue(credential, actor.tenant.tenantNo);
        const expiresAt = now() + STREAM.ticketMs;
        if (receipt === undefined) return { status: 200 as const, ref: { sealed: "", expiresAt }, ticket };
        const ref = { sealed: receipt.seal(ticket), expiresAt };
        return perform(db, actor.tenant, receipt, async () => ({ status: 200 as const, ref, ticket }));
      },
      (_asked, { ref, ticket }, receipt) => ({
        data: { ticket: ticket ?? receipt!.unseal(ref.sealed), expires_at: wireTime(ref.expiresAt) },
      }),
    ),
    reply(routes.sync, async (asked) => {
      const { since = null, limit = SYNC_EVENTS, timeout: timeoutMs = SYNC_TIMEOUT_MS } = asked.query;
      return { json: await sync(parts, asked, { since, limit, timeoutMs }) };
    }),
    reply(routes.setTyping, async ({ actor, body }) => {
      await typing.set(actor, body.room_id, body.typing);
      return { data: body };
    }),
    reply(routes.setPresence, ({ actor, body }) => ({ data: { status: presence.set(actor, body.status) } })),
    reply(routes.getPresence, async ({ actor, query }) => {
      const ids = [...new Set(query.ids.split(","))];
      if (ids.length > MOST_IDS) throw invalid("?ids", `names more than ${MOST_IDS} people`);
      const data = [];
      for (const id of ids) {
        const who = await findById(db, actor.tenant.tenantNo, id);
        if (who === undefined) continue;
        // The last stream of somebody who was deactivated ended just now: that they may come back is not waited for.
        const status = who.deactivatedAt === null ? presence.of(actor.tenant.tenantNo, who.participantNo) : "offline";
        data.push({ participant_id: id, status });
      }
      return { data };
    }),
  ];
}
