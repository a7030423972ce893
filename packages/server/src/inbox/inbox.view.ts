import { isMuted } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { findEventAt } from "../events/index.ts";
import { wireTime } from "../lib/clock.ts";
import { messagesJson } from "../messages/index.ts";
import { findByFqid, type Identities, summaryView } from "../participants/index.ts";
import { findMarker } from "../reading/index.ts";
import { dmView } from "../rooms/index.ts";
import { findMember, type StoredRoom } from "../state/index.ts";
import type { Entry } from "./list-inbox.ts";

export interface InboxViewParts {
  reader: Reader;
  identities: Identities;
  actor: Actor;
  now: number;
}

/** A page of an inbox as the JSON text of an array: messages are text already. */
export async function inboxJson(parts: InboxViewParts, entries: readonly Entry[]): Promise<string> {
  const items: string[] = [];
  for (const entry of entries) {
    const { kind, at } = entry;
    const rest = kind === "mention" ? await mentionFields(parts, entry) : await inviteFields(parts, entry);
    items.push(`{"kind":"${kind}","room":${JSON.stringify(await roomView(parts, at))},${rest}}`);
  }
  return `[${items.join(",")}]`;
}

async function roomView({ reader, actor }: InboxViewParts, at: StoredRoom) {
  const { room } = at;
  return {
    id: at.roomId,
    room_alias: at.alias,
    room_type: room.roomType,
    name: room.name,
    topic: room.topic,
    state: room.state,
    members_count: room.joinedCount,
    ...(await dmView({ reader, actor }, at)),
  };
}

async function mentionFields(
  { reader, identities, actor, now }: InboxViewParts,
  { at, position }: Entry,
): Promise<string> {
  const event = (await findEventAt(reader, at, position))!;
  const marker = (await findMarker(reader, at, actor.participantNo))!;
  const message = (
    await messagesJson(reader, identities, at, [event], { participantNo: actor.participantNo, readableTo: Infinity })
  ).slice(1, -1);
  const unread = at.room.state === "open" && position > marker.readPosition;
  const muted = isMuted(marker.mutedUntil, now);
  return `"message":${message},"unread":${unread},"muted":${muted},"created_at":"${wireTime(event.hubTs)}"`;
}

async function inviteFields({ reader, actor }: InboxViewParts, { at, position }: Entry): Promise<string> {
  const event = (await findEventAt(reader, at, position))!;
  const member = (await findMember(reader, at, actor.participantNo))!;
  const inviter = member.invitedBy && (await findByFqid(reader, at.tenantNo, member.invitedBy));
  const fields = {
    invited_by: inviter ? summaryView(inviter) : null,
    reason: member.reason,
    created_at: wireTime(event.hubTs),
  };
  return JSON.stringify(fields).slice(1, -1);
}
