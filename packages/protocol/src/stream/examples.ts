const UUID = "01980c5e-8f2a-7c3b-9d4e-5f60718293a4";
const HASH = "2451699dc544f3b1c80e3ab0a8a9f4f0b9c8d0a7e6f51423324150617283940a";

/** The names in the examples of frames. */
export const EXAMPLE = {
  session: "9f1c7a52-6d0e-4c58-8a53-0f2f6f0c2b1d",
  tenant: `tnt-${UUID}`,
  room: `room-${UUID}`,
  event: `evt-${UUID}`,
  person: `prt-${UUID}`,
  hash: HASH,
  cursor: `${HASH.slice(0, 12)}.16`,
} as const;

/** A message, as both an acknowledgement and the stream show it. */
export const EXAMPLE_EVENT = {
  id: EXAMPLE.event,
  room_id: EXAMPLE.room,
  sender_id: EXAMPLE.person,
  content: { body: "At ten?", msgtype: "swp.text" },
  stream_position: 42,
  origin_ts: 1767323045678,
  created_at: "2026-01-02T03:04:05.678Z",
  hash: EXAMPLE.hash,
} as const;
