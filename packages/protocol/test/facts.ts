import type { ErrorCode } from "../src/errors.ts";
import type { Fqid } from "../src/ids.ts";
import type { JsonObject } from "../src/json.ts";
import { canonical } from "../src/canonical.ts";
import type { Command, Draft, EventFacts, Facts, MemberState, Person, RoomState } from "../src/room/index.ts";

/** `spec/vectors/decide.json`, as it is written. */
export interface DecideVectors {
  now: number;
  server_name: string;
  people: Record<
    string,
    { fqid: Fqid; participant_type: Person["participantType"]; is_deactivated: boolean; auto_join: boolean }
  >;
  rooms: Record<string, RoomVector>;
  cases: CaseVector[];
}

type Row = Partial<Record<keyof typeof NO_ROW, unknown>>;
type RoomVector = { members: Record<string, Row | null> } & Record<string, unknown>;

interface CaseVector {
  name: string;
  room?: string;
  but?: Partial<RoomVector>;
  actor: string;
  target?: string | null;
  heir?: string;
  candidates?: readonly string[];
  limits?: Partial<Facts["limits"]>;
  open_invites?: number;
  open_rooms?: number;
  tenant_admin?: boolean;
  event?: Record<string, unknown> | null;
  command: { kind: string } & Record<string, unknown>;
  events?: EventVector[];
  refusal?: { code: ErrorCode; rule?: string; needed?: number; actual?: number; details?: object };
}

interface EventVector {
  event_type: string;
  sender: string;
  acted_by?: string;
  content: JsonObject;
  cause?: number;
}

/** What a row is where a vector does not say. */
const NO_ROW = {
  fqid: null,
  membership: null,
  power_level: 0,
  joined_position: null,
  joined_at: null,
  left_position: null,
  invited_by: null,
  cause: null,
  reason: null,
  ban_expires_at: null,
  power_at_leave: null,
  position: 1,
};

export const NO_LIMITS: Facts["limits"] = {
  max_participants: null,
  max_rooms: null,
  open_invites: null,
  edit_window_seconds: null,
};

/** The facts that a case of the vectors describes. */
export function factsOf(vectors: DecideVectors, vector: CaseVector): Facts {
  const { room: where, but, actor, target, heir } = vector;
  const room = where === undefined ? undefined : { ...vectors.rooms[where]!, ...but };
  const rows = { ...(where === undefined ? {} : vectors.rooms[where]!.members), ...but?.members };
  const personOf = (name: string): Person => camel(vectors.people[name]!) as unknown as Person;
  const memberOf = (name: string): MemberState | undefined =>
    rows[name]
      ? (camel({ ...NO_ROW, ...rows[name], fqid: vectors.people[name]!.fqid }) as unknown as MemberState)
      : undefined;
  const members = Object.keys(rows).flatMap((name) => memberOf(name) ?? []);
  const facts: Facts = {
    now: vectors.now,
    serverName: vectors.server_name,
    room: room && roomState(room, members),
    actor: { person: personOf(actor), member: memberOf(actor), isTenantAdmin: vector.tenant_admin ?? false },
    event: vector.event ? eventOf(vector.event, vectors.now) : undefined,
    heir: heir === undefined ? undefined : vectors.people[heir]!.fqid,
    ...(vector.candidates && { candidates: vector.candidates }),
    openInvites: vector.open_invites ?? 0,
    openRooms: vector.open_rooms ?? 0,
    limits: { ...NO_LIMITS, ...vector.limits },
  };
  if (target === undefined) return facts;
  if (target === null) return { ...facts, target: { person: undefined, member: undefined } };
  return { ...facts, target: { person: personOf(target), member: memberOf(target) } };
}

/** The event a command names; what a vector does not say of it is as of a message that was sent just now. */
function eventOf({ reaction, ...said }: Record<string, unknown>, now: number): EventFacts {
  const event = { id: "evt-1", type: "swp.room.message", hub_ts: now, is_redacted: false, content: null, ...said };
  const stands = reaction === undefined ? {} : { reaction: camel(reaction as object) };
  return { ...camel(event), ...stands } as unknown as EventFacts;
}

function roomState({ members: _rows, ...room }: RoomVector, rows: readonly MemberState[]): RoomState {
  const joined = rows.filter((row) => row.membership === "join");
  return camel({
    federated: false,
    created_at: 0,
    archived_at: room["state"] === "archived" ? 0 : null,
    closed_at: room["state"] === "closed" ? 0 : null,
    ...room,
    joined_count: joined.length,
    invited_count: rows.filter((row) => row.membership === "invite").length,
    admin_count: joined.filter((row) => row.powerLevel === 100).length,
  }) as unknown as RoomState;
}

/** The command of a case. What a body may leave out is undefined or null, as the door hands it on. */
export function commandOf({ command }: CaseVector): Command {
  const { kind, power_level, ...rest } = command;
  const { role, ...said } = camel(rest);
  const given: Record<string, unknown> = { kind, ...said, ...("role" in command ? { role: role ?? undefined } : {}) };
  if (kind === "create") return { scopeKind: null, topic: null, ...given } as unknown as Command;
  if (kind === "power") return { kind, level: power_level } as Command;
  if (kind === "send" || kind === "edit")
    return { ...given, text: canonical(command["content"] as JsonObject) } as unknown as Command;
  return given as unknown as Command;
}

/** A draft as the vectors write events. */
export function eventVector({ type, sender, actedBy, content, causedBy }: Draft): EventVector {
  const by = actedBy === undefined ? { sender } : { sender, acted_by: actedBy };
  return { event_type: type, ...by, content, ...(causedBy === undefined ? {} : { cause: causedBy }) };
}

/** An object with its keys in the spelling of this code; the spelling of values is the caller's. */
export function camel(object: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
