import { canonical, type Fqid, type JsonObject, parseJson, StairwellError } from "@stairwell/protocol";
import { FEDERATION, MEMBER, type MemberContent, POWER_LEVEL, type RoomState } from "@stairwell/protocol/room";
import type { Tx } from "../../db/index.ts";
import type { CameEvent, RoomRef } from "../../events/index.ts";
import { findByFqid, type Participant } from "../../participants/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { endLeaving, endWithRoom, type StoredRoom } from "../../state/index.ts";
import { seekNameOf } from "../foreign-people.ts";
import { findPending, type Pending, settle } from "../proposals.store.ts";
import { saveReplicaState } from "../replicas.store.ts";
import { checkPlaces } from "./check-place.ts";
import { introduce } from "./introduce.ts";
import type { ReplicaParts } from "./peer.ts";

/**
 * Takes checked events into the log of a replica, one after the other, and settles what of them our own people proposed.
 * The event that ends the sharing ends the replica: it stays as it is, to be read (FD10). `loose` ones stand where their hub
 * put them, as of a room that we are but invited to.
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
  for (const came of events) {
    await checkPlaces(tx, tenant, ref, [came]);
    const pending = await pendingOf(tx, ref, came);
    if (pending !== undefined) mustBeSaid(came, pending);
    await introduce(tx, tenant, peopleIn(came));
    const eventUuid = pending?.eventUuid ?? null;
    const { event, room: after } = await log.follow(tx, ref, room, came, { eventUuid, loose });
    room = after;
    const comer = joiningIn(came);
    if (comer !== undefined) await seekNameOf(tx, tenant.tenantNo, comer);
    const subject = subjectOf(came);
    if (subject !== undefined) {
      // Whoever was going: the log says by now what they are.
      const who = await findByFqid(tx, tenant.tenantNo, subject);
      if (who?.serverName === tenant.serverName) await endLeaving(tx, ref, who.participantNo);
    }
    if (pending !== undefined) {
      await settle(tx, tenant.tenantNo, came.eventId, { error: null });
      tx.afterCommit(() => fates.tell(tenant.tenantNo, came.eventId, { kind: "sequenced", event }));
    }
    const bot = await invitedBot(tx, tenant, came);
    if (bot !== undefined) tx.afterCommit(() => eager(tenant, bot, ref.roomId));
    if (came.eventType === FEDERATION && !after.federated) {
      await saveReplicaState(tx, ref, "ended");
      await endWithRoom(tx, ref);
    }
  }
}

/** Whose membership an event is about. */
function subjectOf({ eventType, content }: CameEvent): Fqid | undefined {
  if (eventType !== MEMBER || content === null) return undefined;
  return (parseJson(content) as JsonObject as Partial<MemberContent>).participant;
}

/** Whom of ours, who accepts every invite, an event invites. */
async function invitedBot(
  tx: Tx,
  { tenantNo, serverName }: Tenant,
  { eventType, content }: CameEvent,
): Promise<Participant | undefined> {
  if (eventType !== MEMBER || content === null) return undefined;
  const { participant, membership } = parseJson(content) as JsonObject as Partial<MemberContent>;
  if (participant === undefined || membership !== "invite") return undefined;
  const who = await findByFqid(tx, tenantNo, participant);
  return who?.autoJoin === true && who.serverName === serverName ? who : undefined;
}

/** What one of ours proposed, where this event is it: an id is no proof, and ids are of their rooms alone. */
async function pendingOf(tx: Tx, ref: RoomRef, came: CameEvent): Promise<Pending | undefined> {
  const pending = await findPending(tx, ref.tenantNo, came.eventId);
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

/** Whom an event is by, and whom it is about. */
function peopleIn({ sender, actedBy, eventType, content }: CameEvent): (Fqid | null)[] {
  const people = [sender, actedBy];
  if ((eventType !== MEMBER && eventType !== POWER_LEVEL) || content === null) return people;
  return [...people, (parseJson(content) as JsonObject as Partial<MemberContent>).participant ?? null];
}

/** Who comes into the room by an event. */
function joiningIn({ eventType, content }: CameEvent): Fqid | undefined {
  if (eventType !== MEMBER || content === null) return undefined;
  const { participant, membership } = parseJson(content) as JsonObject as Partial<MemberContent>;
  return membership === "join" ? participant : undefined;
}
