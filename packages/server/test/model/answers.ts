/** Holds an answer against the one that was due. */
import assert from "node:assert/strict";
import type { Answer } from "@stairwell/testing";
import type { Book } from "./book.ts";
import type { Command } from "./commands.ts";
import type { Due } from "./model.ts";

// Answers are looked into in every shape; a wrong guess fails the comparison.
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;

/** Throws unless status, code, rule and power are those due. */
export function assertVerdict(answer: Answer<unknown>, due: Due): void {
  const { status, error, headers } = answer;
  const said = { status, code: error?.code };
  assert.deepEqual(said, { status: due.status, code: due.code }, JSON.stringify(error ?? answer.data));
  if (due.rule !== undefined) assert.equal(error.rule, due.rule);
  if (due.needed !== undefined) {
    assert.deepEqual({ needed: error.needed, actual: error.actual }, { needed: due.needed, actual: due.actual });
  }
  assert.equal(headers.get("idempotency-replayed") === "true", due.replayed === true, "whether it was replayed");
}

/** Throws unless the data, as far as the specification fixes it, are those due. */
export function assertData(command: Command, answer: Answer<Loose>, due: Due, book: Book): void {
  if (due.status >= 400) return;
  const part = PARTS[command.do] ?? room;
  assert.deepEqual(unordered(command, book.named(part(answer.data))), unordered(command, book.named(due.data)));
  if (due.invites !== undefined) assert.deepEqual(book.named(answer.meta.invites).map(outcome), due.invites);
}

/** Lists whose order the specification leaves open are compared as sets. */
function unordered(command: Command, value: Loose): unknown {
  const sorted = (rows: Loose[]): Loose[] => rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const isSet = command.do === "directory" || command.do === "archived" || command.do === "inbox";
  if (isSet || (command.do === "members" && command.membership !== "join")) return sorted(value);
  return command.do === "unread" ? { ...value, rooms: sorted(value.rooms) } : value;
}

const PARTS: Partial<Record<Command["do"], (data: Loose) => unknown>> = {
  join: member,
  leave: member,
  invite: member,
  kick: member,
  ban: member,
  unban: member,
  power: member,
  send: message,
  edit: message,
  redact: message,
  react: (data) => data,
  unreact: (data) => data,
  mode: settings,
  mute: settings,
  event: message,
  history: (data) => data.map(message),
  members: (data) => data.map(member),
  directory: (data) => data.map(room),
  archived: (data) => data.map(room),
  unread: ({ rooms, totals }) => ({ rooms, totals }),
  can: ({ allowed }) => ({ allowed }),
  read: (data) => data,
  inbox: (data) => data.map(entry),
  bans: (data) => data.map(ban),
  export: (data) => data,
  medium: ({ media_id }) => ({ media_id }),
  upload: ({ media_id }) => ({ media_id }),
  deactivate: managed,
  reactivate: managed,
  restore: ({ id, state, members_count, head }) => ({ id, state, members_count, head }),
  wipe: ({ room_id, event_id }) => ({ room_id, event_id }),
};

function entry({ kind, room: { id }, message: said, unread, muted, invited_by, reason }: Loose): unknown {
  if (kind === "invite") return { kind, room: id, invited_by: invited_by.id, reason };
  return { kind, room: id, message: message(said), unread, muted };
}

function ban({ participant_id, reason, expires_at, banned_by }: Loose): unknown {
  return { participant_id, reason, expires_at: expires_at && Date.parse(expires_at), banned_by };
}

function managed({ id, deactivated_at }: Loose): unknown {
  return { participant_id: id, isOut: deactivated_at !== null };
}

function room(data: Loose): unknown {
  const { id, room_type, scope_kind, name, topic, is_public, workspace_id, creator_id, state, members_count } = data;
  const { membership, power_level, unread_count, mention_count, can } = data.me ?? {};
  return {
    id,
    room_alias: data.room_alias,
    room_type,
    scope_kind,
    name,
    topic,
    is_public,
    workspace_id,
    creator_id,
    state,
    members_count,
    head: data.head,
    dm_with: data.dm_with?.id,
    invited_by: data.invited_by,
    me: data.me && {
      membership,
      power_level,
      unread_count,
      mention_count,
      can,
      ...(membership === "join" && settings(data.me)),
    },
  };
}

function member({ participant_id, membership, power_level, cause, reason, ban_expires_at }: Loose): unknown {
  const until = ban_expires_at === null ? null : Date.parse(ban_expires_at);
  return { participant_id, membership, power_level, cause, reason, ban_expires_at: until };
}

function settings({ notification_mode, muted_until }: Loose): object {
  return { notification_mode, muted_until: muted_until === null ? null : Date.parse(muted_until) };
}

/** An event as a frame shows it. */
export function frame({ id, room_id, sender_id, acted_by_id, event_type, content, stream_position }: Loose) {
  return { id, room_id, sender_id, acted_by_id, event_type, content, stream_position };
}

function message(data: Loose): unknown {
  const { edited_at, redacted_at, original_content, reactions, reply_count } = data;
  const became = { edited: edited_at !== null, redacted: redacted_at !== null, reactions, reply_count };
  return { ...frame(data), ...became, original_content };
}

function outcome({ participant_id, membership, error }: Loose): unknown {
  return error === undefined ? { participant_id, membership } : { participant_id, code: error.code };
}
