import type { TSchema } from "typebox";
import type { JsonSchema } from "./shared-schemas.ts";

const UUID = "01980c5e-8f2a-7c3b-9d4e-5f60718293a4";

/** What a text of this name looks like. */
const TEXTS: Readonly<Record<string, string>> = {
  alias: "#design:acme.example",
  acted_by_id: `prt-${UUID}`,
  cause: "left",
  code: "SW_ROOM_FORBIDDEN",
  choose: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  creator_id: `prt-${UUID}`,
  cursor: "b3BhcXVlLWN1cnNvcg",
  display_name: "Alice",
  emoji: "👍",
  event_id: `evt-${UUID}`,
  event_type: "swp.room.message",
  event_uuid: UUID,
  fqid: "@alice:acme.example",
  from: "42",
  hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  hub: "acme.example",
  id: UUID,
  invited_by: `prt-${UUID}`,
  last_read_event_id: `evt-${UUID}`,
  local_id: "alice",
  link: "b3BhcXVlLWxpbms",
  locale: "en",
  media_id: `med-${UUID}`,
  message: "You may not do that in this room.",
  mime_type: "image/png",
  name: "Design",
  next_cursor: "b3BhcXVlLWN1cnNvcg",
  participant_id: `prt-${UUID}`,
  personal_workspace_id: `ws-${UUID}`,
  q: "design",
  reason: "See you on Monday.",
  room_alias: "#design:acme.example",
  room_id: `room-${UUID}`,
  rule: "MB12",
  sender_id: `prt-${UUID}`,
  server_name: "acme.example",
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  slug: "design",
  target: `prt-${UUID}`,
  thumbnail_id: `med-${UUID}`,
  timezone: "Europe/Berlin",
  token: "swt_shown-once-and-never-again",
  token_id: `tok-${UUID}`,
  topic: "How it looks and feels",
  uploader_id: `prt-${UUID}`,
  url: "/v1/media/linked?link=b3BhcXVlLWxpbms",
  workspace_id: `ws-${UUID}`,
};

/** Kinds of ids, by a property that only their objects have. */
const ID_KINDS: readonly (readonly [property: string, prefix: string])[] = [
  ["room_type", "room-"],
  ["stream_position", "evt-"],
  ["local_id", "prt-"],
  ["scopes", "tok-"],
  ["rooms_count", "ws-"],
  ["server_name", "tnt-"],
];

/** What is usually null, false, or another than the first choice; so that the whole makes sense. */
const USUAL: Readonly<Record<string, unknown>> = {
  archived_at: null,
  avatar_url: null,
  ban_expires_at: null,
  cause: null,
  closed_at: null,
  edited_at: null,
  expires_at: null,
  federated: false,
  is_public: false,
  membership: "join",
  muted_until: null,
  origin_ts: 1767323045678,
  power_level: 50,
  redacted_at: null,
  roles: [],
  scope_kind: null,
  reactions: [{ emoji: "👍", count: 2, me: true }],
};

const CONTENT = { msgtype: "swp.text", body: "Shall we meet at ten?" };

/** A value of a schema, for the reference: what is required, and of the rest what helps to understand it. */
export function exampleOf(schema: TSchema | JsonSchema, name: string): unknown {
  const s = schema as JsonSchema;
  if (name in USUAL && s.type !== "object" && (USUAL[name] !== null || s.type === undefined)) return USUAL[name];
  if (Array.isArray(s.examples)) return (s.examples as unknown[])[0];
  if ("default" in s) return s.default;
  if ("const" in s) return s.const;
  if (Array.isArray(s.anyOf)) return exampleOf(s.anyOf[0] as JsonSchema, name);
  switch (s.type) {
    case "string":
      return TEXTS[name] ?? "text";
    case "integer":
      return Math.max(1, (s.minimum as number | undefined) ?? 1);
    case "boolean":
      return true;
    case "array":
      return [exampleOf(s.items as JsonSchema, singular(name))];
    case "object":
      return objectOf(s, name);
    default:
      return null;
  }
}

function objectOf(schema: JsonSchema, name: string): unknown {
  if (schema.additionalProperties === true) return CONTENT;
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  const required = new Set((schema.required ?? []) as string[]);
  // A body without a required key still needs one to say something, and most rooms need a name.
  const first = name === "body" && required.size === 0 ? properties[0]?.[0] : undefined;
  const shown = properties.filter(([key]) => required.has(key) || key === "me" || key === "name" || key === first);
  const members = shown.map(([key, property]) => [key, exampleOf(property, key)] as const);
  const example = Object.fromEntries(members) as Record<string, unknown>;
  const prefix = ID_KINDS.find(([property]) => property in ((schema.properties ?? {}) as object))?.[1];
  if (typeof example.id === "string" && prefix !== undefined) example.id = prefix + UUID;
  return example;
}

function singular(name: string): string {
  return name.endsWith("s") ? name.slice(0, -1) : name;
}
