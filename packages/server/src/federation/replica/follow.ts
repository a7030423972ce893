import { canonical, type EventId, type Fqid, StairwellError } from "@stairwell/protocol";
import { FEDERATION, MEMBER, type RoomState } from "@stairwell/protocol/room";
import type { Tx } from "../../db/index.ts";
import { type CameEvent, type Head, listById, type RoomRef, type StoredEvent } from "../../events/index.ts";
import { findByFqid, type Participant } from "../../participants/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { endLeaving, endWithRoom, type StoredRoom } from "../../state/index.ts";
import { aboutIn } from "../wire/about-in.ts";
import { seekNameOf } from "../people/foreign-people.ts";
import { listPendingById, type Pending, settle } from "../rows/proposals.store.ts";
import { saveReplicaState } from "../rows/replicas.store.ts";
import { checkPlaces } from "./check-place.ts";
import { over } from "./end-here.ts";
import { introduce } from "./introduce.ts";
import type { ReplicaParts } from "./peer.ts";

/** Events whose ids are looked up in one statement. */
const AT_ONCE = 256;

/**
 * Takes checked events into the log of a replica, one after the other, and settles what of them our own people proposed.
 * The event that ends the sharing ends the replica: it stays as it is, to be read (FD10). `loose` ones stand where their hub
 * put them, as of a room that we are but invited to. `SW_ROOM_FROZEN` for what comes after the end.
 */
export async function follow(
  tx: Tx,
  { log, fates, eager }: Pick<ReplicaParts, "log" | "fates" | "eager">,
  tenant: Tenant,
  ref: StoredRoom,
  before: RoomState,
  events: readonly CameEvent[],
  { loose = false }: { readonly loose?: boolean } = {},
): Promise<void> {
  let room = before;
  let head: Head | undefined;
  /** Those who are surely known here by now. */
  const people = new Set<Fqid>();
  for (let at = 0; at < events.length; at += AT_ONCE) {
    const part = events.slice(at, at + AT_ONCE);
    const ids = part.map(({ eventId }) => eventId);
    const here: Map<EventId, Pick<StoredEvent, "hash">> = await listById(tx, ref, ids);
    const proposed = await listPendingById(tx, ref.tenantNo, ids);
    for (const came of part) {
      // What ended here is not begun again, whatever its hub says.
      if (!room.federated) throw over();
      await checkPlaces(tx, tenant, ref, [came], here);
      const pending = proposalOf(ref, came, proposed.get(came.eventId));
      if (pending !== undefined) mustBeSaid(came, pending);
      const about = aboutIn(came);
      const named = [came.sender, came.actedBy, about?.participant ?? null].filter((fqid) => fqid !== null);
      await introduce(tx, tenant, new Set(named).difference(people));
      for (const fqid of named) people.add(fqid);
      const options = { eventUuid: pending?.eventUuid ?? null, loose, known: head };
      const { event, room: after } = await log.follow(tx, ref, room, came, options);
      room = after;
      if (!loose) head = event;
      here.set(event.eventId, event);
      const { participant: subject, membership } = (came.eventType === MEMBER ? about : undefined) ?? {};
      if (subject !== undefined) {
        if (membership === "join") await seekNameOf(tx, tenant.tenantNo, subject);
        // Whoever was going: the log says by now what they are.
        const who = await findByFqid(tx, tenant.tenantNo, subject);
        if (who?.serverName === tenant.serverName) await endLeaving(tx, ref, who.participantNo);
      }
      if (pending !== undefined) {
        await settle(tx, tenant.tenantNo, came.eventId, { error: null });
        tx.afterCommit(() => fates.tell(tenant.tenantNo, came.eventId, { kind: "sequenced", event }));
      }
      const bot = membership === "invite" ? await ownBot(tx, tenant, subject) : undefined;
      if (bot !== undefined) tx.afterCommit(() => eager(tenant, bot, ref.roomId));
      if (came.eventType === FEDERATION && !after.federated) {
        await saveReplicaState(tx, ref, "ended");
        await endWithRoom(tx, ref);
      }
    }
  }
}

/** Who of ours accepts every invite, if somebody invited does. */
async function ownBot(tx: Tx, tenant: Tenant, invited: Fqid | undefined): Promise<Participant | undefined> {
  const who = invited && (await findByFqid(tx, tenant.tenantNo, invited));
  return who?.autoJoin === true && who.serverName === tenant.serverName ? who : undefined;
}

/** What one of ours proposed, where this event is it: an id is no proof, and ids are of their rooms alone. */
function proposalOf(ref: RoomRef, came: CameEvent, pending: Pending | undefined): Pending | undefined {
  if (pending?.event.room_id !== ref.roomId) return undefined;
  const { sender, acted_by, event_type, content_hash, origin_ts } = pending.event;
  const isIt =
    came.sender === sender &&
    came.actedBy === acted_by &&
    came.eventType === event_type &&
    came.contentHash === content_hash &&
    came.originTs === origin_ts;
  return isIt ? pending : undefined;
}

/** Without its salt a content is its hub's word: of what ours has said, we know what was left of it. `SW_FED_SIGNATURE`. */
function mustBeSaid({ position, content, salt }: CameEvent, { event }: Pending): void {
  if (content === null || salt !== null) return;
  const { reason: _, ...rest } = event.content;
  if (content === canonical(rest)) return;
  throw new StairwellError("SW_FED_SIGNATURE", {
    message: `Position ${position}: it is not what one of ours said.`,
    rule: "FD17",
  });
}
