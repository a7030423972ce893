import {
  contentHashText,
  contentText,
  type EventId,
  type Fqid,
  type JsonObject,
  proposalText,
  StairwellError,
} from "@stairwell/protocol";
import type { ProposedEvent } from "@stairwell/protocol/federation";
import { EDIT, isSendable, REACTION, REDACTION } from "@stairwell/protocol/room";
import type { Db } from "../../db/index.ts";
import type { NotHub, Sequenced } from "../../events/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { newId, newSalt, sha256 } from "../../lib/random.ts";
import { findByFqid } from "../../participants/index.ts";
import { findSigningKey, findTenant, signWith, type SigningKey, type Tenant } from "../../tenants/index.ts";
import { insertProposal, settle } from "../proposals.store.ts";
import type { Fate, Fates } from "./fates.ts";
import { Pending } from "./pending.ts";

export interface ProposeParts {
  readonly db: Db;
  readonly clock: Pick<Clock, "now">;
  readonly fates: Fates;
  /** Sends what waits for a server, now. */
  readonly hurry: (tenant: Tenant, serverName: string) => void;
}

/** How long somebody waits for the hub of a room (FD13). */
const PATIENCE_MS = 5000;

/**
 * Asks the hub of a room to append what one of our people says (FD13), and answers what came of it. The proposal is kept
 * before it leaves, so that it is asked again under the same id until the hub has said yes or no. Throws the hub's refusal;
 * `SW_FED_PEER_UNREACHABLE` where it did not leave, `SW_FED_OUTCOME_UNKNOWN` where no answer came in time; of what is said,
 * rather than done, `Pending` for both.
 */
export async function propose(parts: ProposeParts, { at, draft, eventUuid }: NotHub): Promise<Sequenced> {
  const { db, clock, fates } = parts;
  const tenant = (await findTenant(db, at.tenantNo))!;
  const key = await findSigningKey(db, tenant.tenantNo, clock.now());
  if (key === undefined) throw new Error("a tenant without a signing key");
  const event = signed(key, at.roomId, draft, clock.now());
  const author = await findByFqid(db, tenant.tenantNo, draft.actedBy ?? draft.sender);
  const fate = fates.of(tenant.tenantNo, event.id, PATIENCE_MS);
  await db.write({ tenantNo: tenant.tenantNo }, (tx) =>
    insertProposal(tx, tenant.tenantNo, at.hub, {
      roomNo: at.roomNo,
      participantNo: author!.participantNo,
      eventUuid,
      event,
    }),
  );
  parts.hurry(tenant, at.hub);
  return outcomeOf(parts, tenant, at.roomNo, event, await fate);
}

function signed(
  key: SigningKey,
  roomId: ProposedEvent["room_id"],
  draft: { type: string; content: JsonObject; sender: Fqid; actedBy?: Fqid },
  now: number,
): ProposedEvent {
  const salt = newSalt();
  const content_hash = sha256(contentHashText(contentText(draft.content), salt));
  const proposal = {
    room_id: roomId,
    id: newId<EventId>("event"),
    event_type: draft.type,
    sender: draft.sender,
    acted_by: draft.actedBy ?? null,
    origin_ts: now,
    content_hash,
  };
  const signature = { key_id: key.keyId, value: signWith(key, proposalText(proposal)) };
  return { v: 1, ...proposal, content: draft.content, salt, signature };
}

async function outcomeOf(
  { db }: ProposeParts,
  { tenantNo }: Tenant,
  roomNo: number,
  event: ProposedEvent,
  fate: Fate,
): Promise<Sequenced> {
  switch (fate.kind) {
    case "sequenced":
      return { roomNo, events: [fate.event] };
    case "unchanged":
      return { roomNo, events: [] };
    case "refused": {
      const { code, ...info } = fate.error;
      throw new StairwellError(code, info);
    }
    case "unknown":
      if (isSaid(event)) throw new Pending(event);
      throw new StairwellError("SW_FED_OUTCOME_UNKNOWN", {
        rule: "FD13",
        message: "The room's server did not answer in time; it is asked again, and its log will say.",
        details: { event_id: event.id },
      });
    case "unsent":
      if (isSaid(event)) throw new Pending(event);
      // Nobody is to be surprised later by what they were told had failed.
      await db.write({ tenantNo }, (tx) =>
        settle(tx, tenantNo, event.id, { error: { code: "SW_FED_PEER_UNREACHABLE" } }),
      );
      throw fate.error instanceof StairwellError ? fate.error : new StairwellError("SW_FED_PEER_UNREACHABLE");
  }
}

/** What is kept for the hub however long it is away; everything else fails, and is tried again by whoever wants it. */
function isSaid({ event_type: type }: ProposedEvent): boolean {
  return isSendable(type) || type === EDIT || type === REACTION || type === REDACTION;
}
