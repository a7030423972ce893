import {
  anyObject,
  integer,
  list,
  nullable,
  object,
  oneOf,
  pattern,
  record,
  type Shape,
  text,
} from "../bundle/shape.ts";
import { EVENT_SHAPE, LAST_MS } from "../bundle/shapes.ts";
import { LIMITS } from "../limits.ts";
import type { Item } from "./wire.ts";

const id = text(LIMITS.idLength);
const fqid = pattern(/^@[a-z0-9._-]{1,64}:[^\s@/?#%]{1,260}$/, "an FQID");
const hash = pattern(/^[0-9a-f]{64}$/, "64 lower-case hex digits");
const signatureValue = pattern(/^[A-Za-z0-9+/]{85}[AQgw]==$/, "64 bytes in base64");

export const HEAD_SHAPE: Shape = object({
  room_id: id,
  position: integer(1),
  hash,
  key_id: id,
  signature: signatureValue,
});

const proposed = object({
  v: oneOf(1),
  room_id: id,
  id,
  event_type: id,
  sender: fqid,
  acted_by: nullable(fqid),
  origin_ts: integer(0, LAST_MS),
  content_hash: hash,
  content: anyObject,
  salt: pattern(/^[A-Za-z0-9_-]{22}$/, "16 bytes in base64url"),
  signature: object({ key_id: id, value: signatureValue }),
});

const room = object({
  room_id: id,
  room_alias: nullable(text(LIMITS.topicLength)),
  room_type: oneOf("group", "public", "dm"),
  name: nullable(text(2 * LIMITS.nameLength)),
  topic: nullable(text(2 * LIMITS.topicLength)),
  creator: fqid,
  created_at: integer(0),
  members_count: integer(0),
});

/** What each type of item must look like, whole. */
export const ITEM_SHAPES: Readonly<Record<Item["type"], Shape>> = {
  invite: object({ type: oneOf("invite"), room, event: EVENT_SHAPE, head: HEAD_SHAPE }),
  submit: object({ type: oneOf("submit"), event: proposed, opening: object({ create: proposed, invite: proposed }) }, [
    "opening",
  ]),
  event: object({ type: oneOf("event"), event: EVENT_SHAPE, head: HEAD_SHAPE }, ["head"]),
  resign: object({ type: oneOf("resign"), room_id: id, participant: fqid, cause: oneOf("deactivated", "defederated") }),
  typing: object({ type: oneOf("typing"), room_id: id, participant: fqid, typing: oneOf(true, false) }),
  profile: object({
    type: oneOf("profile"),
    fqid,
    display_name: text(2 * LIMITS.displayNameLength),
    participant_type: oneOf("human", "bot", "agent"),
  }),
};

/** People that a state may have, those who have gone and the banned among them. */
export const MOST_MEMBERS = 100_000;

const member = object({
  fqid,
  membership: oneOf("invite", "join", "leave", "ban"),
  powerLevel: integer(0, 100),
  joinedPosition: nullable(integer(1)),
  joinedAt: nullable(integer(0)),
  leftPosition: nullable(integer(1)),
  invitedBy: nullable(pattern(/^@[a-z0-9._-]{0,64}:[^\s@/?#%]{1,260}$/, "an FQID")),
  cause: nullable(text(LIMITS.idLength)),
  banExpiresAt: nullable(integer(0)),
  powerAtLeave: nullable(integer(0, 100)),
  position: integer(1),
});
const members = list(member, MOST_MEMBERS);
const names = record(text(2 * LIMITS.displayNameLength));

/** What a hub answers where the members of a state that it handed over are asked for. */
export const MEMBERS_SHAPE: Shape = object({ members, names, next: nullable(fqid) });

/** What a hub answers to the join that brings a room to a server. */
export const JOIN_SHAPE: Shape = object(
  {
    state: object({
      position: integer(1),
      room_alias: nullable(text(LIMITS.topicLength)),
      room: object({
        roomType: oneOf("group", "public", "dm"),
        name: nullable(text(2 * LIMITS.nameLength)),
        topic: nullable(text(2 * LIMITS.topicLength)),
        creator: fqid,
        state: oneOf("open", "archived", "closed"),
        joinedCount: integer(0),
        invitedCount: integer(0),
        adminCount: integer(0),
        createdAt: integer(0),
        archivedAt: nullable(integer(0)),
        closedAt: nullable(integer(0)),
      }),
      members,
    }),
    state_hash: hash,
    state_signature: signatureValue,
    events: list(EVENT_SHAPE, 100),
    since: list(EVENT_SHAPE, 100),
    members_truncated: oneOf(true),
    names,
  },
  ["members_truncated", "names"],
);

/** What a hub answers to backfill. */
export const BACKFILL_SHAPE: Shape = object({ events: list(EVENT_SHAPE, 1000), head: nullable(HEAD_SHAPE) });

/** What a server answers for one item, by its status. */
export const RESULT_SHAPES: ReadonlyMap<string, Shape> = new Map([
  ["ok", object({ status: oneOf("ok") })],
  ["confirmed", object({ status: oneOf("confirmed"), position: integer(0) })],
  ["unchanged", object({ status: oneOf("unchanged") })],
  ["retry", object({ status: oneOf("retry") })],
  [
    "known",
    object(
      {
        status: oneOf("known"),
        invite: ITEM_SHAPES.invite,
        joined: object({ event: EVENT_SHAPE, head: HEAD_SHAPE, join: JOIN_SHAPE }),
      },
      ["invite", "joined"],
    ),
  ],
  [
    "sequenced",
    object({ status: oneOf("sequenced"), event: EVENT_SHAPE, head: HEAD_SHAPE, join: JOIN_SHAPE }, ["join"]),
  ],
  [
    "refused",
    object({
      status: oneOf("refused"),
      error: object(
        {
          code: id,
          rule: pattern(/^[A-Z]{2,4}[0-9]{1,3}$/, "a rule"),
          needed: integer(0, 100),
          actual: integer(0, 100),
        },
        ["rule", "needed", "actual"],
      ),
    }),
  ],
]);
