import { createHash } from "node:crypto";
import {
  canonical,
  contentHashText,
  type Envelope,
  envelopeText,
  type EventId,
  type Fqid,
  type JsonObject,
  type RoomId,
  ZERO_HASH,
} from "@stairwell/protocol";
import { Tally } from "@stairwell/protocol/bundle";

export const sha256 = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");

/** An event of a made-up room. */
export interface MadeEvent {
  readonly type: string;
  /** Null: wiped. */
  readonly content: JsonObject | null;
  readonly sender?: string | null;
  readonly id?: string;
  readonly imported?: boolean;
  readonly originTs?: number;
}

// What tests spoil they must be able to write.
// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any;

export const ALICE = "@alice:far.example";
export const BOB = "@bob:far.example";
const ROOM = "room-far" as RoomId;
const SALT = "AAAAAAAAAAAAAAAAAAAAAA";

/** A right manifest of a made-up room of another server, with these events after its own first two. */
export function makeManifest(events: readonly MadeEvent[], media: readonly Buffer[] = []): Loose {
  const tally = new Tally();
  let head = ZERO_HASH;
  const said = [...beginning, ...events].map((event, i) => {
    const made = makeEvent(event, i + 1, head);
    head = made.hash;
    tally.event(event.type, event.content === null);
    return made;
  });
  for (const content of media) tally.medium({ size: content.length });
  return {
    format: "stairwell.room-bundle",
    version: 1,
    exported_at: "2027-01-31T00:00:00.000Z",
    exported_by: ALICE,
    server_name: "far.example",
    room: {
      id: ROOM,
      room_alias: "#kitchen-abcdef:far.example",
      room_type: "group",
      scope_kind: null,
      name: "Kitchen",
      topic: null,
      is_public: false,
      created_at: "2026-01-31T00:00:00.000Z",
      creator: ALICE,
      state: "open",
      head: said.length,
      head_hash: head,
    },
    people: [
      { fqid: ALICE, display_name: "Alice", participant_type: "human" },
      { fqid: BOB, display_name: "Bob", participant_type: "bot" },
    ],
    members: [
      { fqid: ALICE, membership: "join", power_level: 100, joined_at: "2026-01-31T00:00:00.000Z" },
      { fqid: BOB, membership: "join", power_level: 0, joined_at: "2026-01-31T00:00:00.000Z" },
    ],
    media: media.map((content) => ({
      sha256: sha256(content),
      size: content.length,
      mime_type: "text/plain",
      names: ["a.txt"],
    })),
    events: said,
    omitted: tally.omitted,
    counts: tally.counts,
  };
}

const beginning: readonly MadeEvent[] = [
  {
    type: "swp.room.create",
    content: {
      room_type: "group",
      scope_kind: null,
      name: "Kitchen",
      topic: null,
      is_public: false,
      close_on_leave: false,
    },
  },
  { type: "swp.room.member", content: { participant: ALICE, membership: "join" } },
];

function makeEvent(event: MadeEvent, position: number, prevHash: string) {
  const { type, content, sender = ALICE, imported = false, originTs = 1_769_817_600_000 + position } = event;
  const text = content === null ? '{"gone":true}' : canonical(content);
  const envelope: Envelope & { v: 1 } = {
    v: 1,
    room_id: ROOM,
    id: (event.id ?? `evt-far-${position}`) as EventId,
    event_type: type,
    sender: sender as Fqid | null,
    acted_by: null,
    origin_ts: originTs,
    content_hash: sha256(contentHashText(text, SALT)),
    hub_ts: originTs,
    imported,
    position,
    prev_hash: prevHash,
  };
  const hash = sha256(envelopeText(envelope));
  return { ...(content !== null && { content, salt: SALT }), envelope, hash, signatures: [] };
}

/** Messages with a medium, an edit, a reaction, a reply, a wiped one with its redaction, a custom event. */
export function sampleEvents(medium: Buffer): MadeEvent[] {
  const record = { sha256: sha256(medium), size: medium.length, mime_type: "text/plain", name: "a.txt" };
  return [
    { type: "swp.room.message", content: { body: "hello", mentions: [BOB] } },
    { type: "swp.room.message", content: { body: "hi", reply_to_event_id: "evt-far-3" }, sender: BOB },
    { type: "swp.room.edit", content: { event_id: "evt-far-3", content: { body: "hello there" } } },
    { type: "swp.room.reaction", content: { event_id: "evt-far-3", emoji: "👍", action: "add" }, sender: BOB },
    { type: "swp.room.message", content: { body: "see", media_id: record } },
    { type: "swp.room.message", content: null },
    { type: "swp.room.redaction", content: { event_id: "evt-far-8" } },
    { type: "acme.deploy", content: { to: "production" }, sender: BOB },
  ];
}
