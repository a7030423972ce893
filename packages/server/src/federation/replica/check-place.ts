import {
  type EventId,
  type Fqid,
  isServerFqid,
  type JsonObject,
  parseFqid,
  parseJson,
  StairwellError,
} from "@stairwell/protocol";
import { CREATE, EDIT, isAmendment, MEMBER, type MemberContent, POWER_LEVEL } from "@stairwell/protocol/room";
import type { Tx } from "../../db/index.ts";
import { type CameEvent, findEvent, findEventAt, listById, type StoredEvent } from "../../events/index.ts";
import { findByFqid } from "../../participants/index.ts";
import { findMember, type StoredRoom } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { sidesOf } from "./direct.ts";

/**
 * Refuses events of another server's log whose place here is taken, or that speak for somebody who did not speak: an id
 * that another event has (FD16), an edit of somebody else's words, and what was imported about what was not. Of our own
 * people nobody joins but by their own word, and nobody is named who is not there. `known`: what is here under their ids,
 * where that was read. `SW_FED_SIGNATURE`.
 */
export async function checkPlaces(
  tx: Tx,
  tenant: Tenant,
  at: StoredRoom,
  events: readonly CameEvent[],
  known?: ReadonlyMap<EventId, Pick<StoredEvent, "hash">>,
): Promise<void> {
  const came = new Map<EventId, CameEvent>();
  const present =
    known ??
    (await listById(
      tx,
      at,
      events.map(({ eventId }) => eventId),
    ));
  const sides = await sidesOf(tx, at);
  for (const event of events) {
    const here = came.get(event.eventId) ?? present.get(event.eventId);
    if (here !== undefined && here.hash !== event.hash) throw refused(event, "another event has its id");
    came.set(event.eventId, event);
    if (sides !== undefined) checkSpeaker(event, sides);
    if (event.content === null) continue;
    const content = parseJson(event.content) as JsonObject;
    if (event.eventType === CREATE && content["room_type"] !== at.room.roomType) {
      throw refused(event, "it began as a room of another type");
    }
    if (isAmendment(event.eventType)) {
      const target = content["event_id"] as EventId;
      checkTarget(event, came.get(target) ?? (await findEvent(tx, at, target)));
    }
    if (event.eventType === MEMBER || event.eventType === POWER_LEVEL) {
      if (sides?.has(content["participant"] as Fqid) === false)
        throw refused(event, "a direct room has two sides, and no third");
      await checkSubject(tx, tenant, at, event, content as Partial<MemberContent>);
    }
  }
}

/**
 * Refuses events of which one has the place of another that stood here alone, as an invite does: nobody knew then what was
 * before it. `SW_FED_SIGNATURE`.
 */
export async function checkAlone(tx: Tx, at: StoredRoom, events: readonly CameEvent[]): Promise<void> {
  for (const event of events) {
    const here = await findEventAt(tx, at, event.position);
    if (here !== undefined && here.hash !== event.hash) throw refused(event, "another stands there, as it was alone");
  }
}

/** RMZ-26: in a direct room its two sides speak, and the server that orders it. */
function checkSpeaker(event: CameEvent, sides: ReadonlySet<Fqid>): void {
  for (const fqid of [event.sender, event.actedBy]) {
    if (fqid === null || isServerFqid(fqid) || sides.has(fqid)) continue;
    throw refused(event, "somebody speaks who is no side of the direct room");
  }
}

type Target = Pick<CameEvent, "sender" | "imported">;

function checkTarget(event: CameEvent, target: Target | undefined): void {
  if (target === undefined) return;
  if (event.imported && !target.imported) throw refused(event, "what was imported is about what was not");
  if (event.eventType !== EDIT || target.sender === event.sender) return;
  throw refused(event, "it edits what somebody else said");
}

async function checkSubject(
  tx: Tx,
  tenant: Tenant,
  at: StoredRoom,
  event: CameEvent,
  { participant, membership }: Partial<MemberContent>,
): Promise<void> {
  if (parseFqid(participant!)?.serverName !== tenant.serverName) return;
  const who = await findByFqid(tx, tenant.tenantNo, participant as Fqid);
  if (who === undefined) throw refused(event, "it is about nobody of ours");
  if (event.eventType !== MEMBER || membership !== "join" || event.sender === participant) return;
  const before = await findMember(tx, at, who.participantNo);
  // Either side of a DM is back with what the other says (DM4); nobody else is taken anywhere.
  if (at.room.roomType === "dm" && before !== undefined && before.joinedPosition !== null) return;
  throw refused(event, "it joins one of ours, who did not");
}

function refused({ position }: CameEvent, reason: string): StairwellError {
  return new StairwellError("SW_FED_SIGNATURE", { message: `Position ${position}: ${reason}.`, rule: "FD15" });
}
