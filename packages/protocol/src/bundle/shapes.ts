import { LIMITS } from "../limits.ts";
import { MOST_NAMES } from "./limits.ts";
import { BUNDLE_FORMAT, BUNDLE_VERSION, type ManifestKey } from "./manifest.ts";
import {
  anyObject,
  boolean,
  hash,
  integer,
  list,
  nullable,
  object,
  oneOf,
  pattern,
  record,
  type Shape,
  text,
} from "./shape.ts";

const time = pattern(
  /^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$/,
  "a time as 2027-01-31T00:00:00.000Z",
);
/** `@local_id:server_name`; of the server itself the local id is empty. */
export const FQID = /^@[a-z0-9._-]{0,64}:[^\s@]{1,260}$/;
const fqid = pattern(FQID, "an FQID");
/** 16 bytes in base64url. */
export const SALT = /^[A-Za-z0-9_-]{22}$/;
const id = text(LIMITS.idLength);
const base64 = (bytes: number): Shape => {
  const length = Math.ceil(bytes / 3) * 4;
  return pattern(new RegExp(`^(?=.{${length}}$)[A-Za-z0-9+/]+={0,2}$`), `${bytes} bytes in base64`);
};

/** Unix milliseconds beyond which no calendar of a client goes. */
export const LAST_MS = 8_640_000_000_000_000;

const envelope = object({
  v: oneOf(1),
  room_id: id,
  id,
  event_type: id,
  sender: nullable(fqid),
  acted_by: nullable(fqid),
  origin_ts: integer(0, LAST_MS),
  content_hash: hash,
  hub_ts: integer(0, LAST_MS),
  imported: boolean,
  position: integer(1),
  prev_hash: hash,
});

/** An event as it travels, in a bundle and between servers. */
export const EVENT_SHAPE: Shape = object(
  {
    content: anyObject,
    envelope,
    hash,
    salt: pattern(SALT, "16 bytes in base64url"),
    signatures: list(object({ key_id: id, server_name: text(LIMITS.idLength + 6), value: base64(64) }), 2),
  },
  ["content", "salt"],
);

/** Somebody, by what the server calls them whose bundle it is. */
export const PERSON_SHAPE: Shape = object({
  fqid,
  display_name: text(2 * LIMITS.displayNameLength),
  participant_type: oneOf("human", "bot", "agent", "federated"),
});

/** What the values of a manifest look like, and the entries of its lists. */
export const SHAPES: Readonly<Record<ManifestKey, Shape>> = {
  format: oneOf(BUNDLE_FORMAT),
  version: oneOf(BUNDLE_VERSION),
  exported_at: time,
  exported_by: fqid,
  server_name: text(LIMITS.idLength + 6),
  room: object({
    id,
    room_alias: nullable(text(LIMITS.topicLength)),
    room_type: oneOf("group", "public", "incognito", "dm"),
    scope_kind: oneOf(null, "incognito"),
    name: nullable(text(2 * LIMITS.nameLength)),
    topic: nullable(text(2 * LIMITS.topicLength)),
    is_public: boolean,
    created_at: time,
    creator: fqid,
    state: oneOf("open", "archived", "closed"),
    head: integer(1),
    head_hash: hash,
  }),
  people: PERSON_SHAPE,
  members: object({
    fqid,
    membership: oneOf("invite", "join", "leave", "ban"),
    power_level: integer(0, 100),
    joined_at: nullable(time),
  }),
  media: object({
    sha256: hash,
    size: integer(0),
    mime_type: text(LIMITS.idLength),
    names: list(text(LIMITS.topicLength), MOST_NAMES),
  }),
  events: EVENT_SHAPE,
  omitted: list(object({ what: id, reason: id, count: integer(1) }), 100),
  counts: object({ events: integer(1), by_type: record(integer(1)), media: integer(0), media_bytes: integer(0) }),
  signature: object({ key_id: id, alg: oneOf("ed25519"), value: base64(64) }),
};
