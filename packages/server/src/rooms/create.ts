import { cleanName, cleanTopic, invalid, type RoomId } from "@stairwell/protocol";
import { type CreateRoom, decide, type Facts, type RoomType } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db, Tx } from "../db/index.ts";
import type { Log, RoomRef } from "../events/index.ts";
import { newId } from "../lib/random.ts";
import { findByNo } from "../participants/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { bareFacts, countOpenRooms, findRoom, granted, mustBeActive, nextRoomNo } from "../state/index.ts";
import { roleIn } from "../workspaces/index.ts";
import { newAlias } from "./alias.ts";
import { inviteFirst, type InviteOutcome } from "./invite-first.ts";

export interface CreateInput {
  room_type: RoomType;
  name?: string;
  topic?: string | null;
  is_public?: boolean;
  workspace_id?: string;
  scope_kind?: "incognito" | null;
  close_on_leave?: boolean;
  invite?: string[];
}

export interface Created extends Answer<{ room_id: string; invites: InviteOutcome[] }> {
  appended: number;
}

/**
 * Makes a room with its creator in it, and invites the first people; a refused invite is reported and fails
 * nothing. `SW_ROOM_TYPE_INVARIANT`, `SW_WORKSPACE_NOT_FOUND`, `SW_WORKSPACE_FORBIDDEN`, `SW_TENANT_CAPACITY`.
 */
export function createRoom(
  { db, log }: { db: Db; log: Log },
  actor: Actor,
  receipt: Receipt | undefined,
  input: CreateInput,
): Promise<Created> {
  const { name, topic } = cleaned(input);
  return perform(db, actor.tenant, receipt, async (tx) => {
    await mustBeActive(tx, actor);
    const command = await commandOf(tx, actor, input, name, topic);
    const facts: Facts = { ...bareFacts(actor, tx.now, undefined, undefined), ...(await openRooms(tx, actor)) };
    const drafts = granted(decide(facts, command));
    // An incognito room's name is content, and an alias is not sealed.
    const isIncognito = command.roomType === "incognito" || command.scopeKind === "incognito";
    const isPublic = command.isPublic ?? command.roomType === "public";
    const ref = await newRoomRef(tx, actor, isIncognito ? null : name, isPublic, null);
    const { events } = await log.append(tx, ref, undefined, drafts);
    const stored = (await findRoom(tx, ref.tenantNo, ref.roomId))!;
    const first = await inviteFirst(tx, log, actor, stored, input.invite ?? []);
    return {
      status: 201 as const,
      ref: { room_id: ref.roomId, invites: first.outcomes },
      appended: events.length + first.appended,
    };
  });
}

function cleaned({ room_type, name, topic }: CreateInput): { name: string | null; topic: string | null } {
  if (name === undefined && room_type !== "incognito" && room_type !== "dm") {
    throw invalid("/name", `is required for a ${room_type} room`);
  }
  return { name: name === undefined ? null : cleanName(name, "/name"), topic: cleanTopic(topic ?? null, "/topic") };
}

async function commandOf(
  tx: Tx,
  actor: Actor,
  input: CreateInput,
  name: string | null,
  topic: string | null,
): Promise<CreateRoom> {
  const workspaceId =
    input.workspace_id ?? (await findByNo(tx, actor.tenant.tenantNo, actor.participantNo))!.personalWorkspaceId!;
  return {
    kind: "create",
    roomType: input.room_type,
    scopeKind: input.scope_kind ?? null,
    name,
    topic,
    isPublic: input.is_public,
    closeOnLeave: input.close_on_leave,
    workspaceId,
    role: await roleIn(tx, actor.tenant.tenantNo, workspaceId, actor.participantNo),
  };
}

async function openRooms(tx: Tx, { tenant }: Actor): Promise<Pick<Facts, "openRooms">> {
  if (tenant.limits.max_rooms === null) return {};
  return { openRooms: await countOpenRooms(tx, tenant.tenantNo, tenant.serverName) };
}

/** The place of a room that begins now. */
export async function newRoomRef(
  tx: Tx,
  { tenant }: Actor,
  name: string | null,
  isPublic: boolean,
  pair: readonly [number, number] | null,
): Promise<RoomRef> {
  return {
    tenantNo: tenant.tenantNo,
    roomNo: await nextRoomNo(tx, tenant.tenantNo),
    roomId: newId<RoomId>("room"),
    birth: {
      alias: pair === null ? await newAlias(tx, tenant, name, isPublic) : null,
      hub: tenant.serverName,
      pair,
    },
  };
}
