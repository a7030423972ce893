/** The groups of calls, in the order of the reference. */
export const TAGS: Readonly<Record<string, string>> = {
  auth: "How to sign in, and the first visit.",
  me: "The caller's own profile, preferences and access tokens.",
  directory: "Finding rooms and people.",
  rooms: "Making rooms and changing what they are. A room is `open`, `archived` or `closed`.",
  members: "Who is in a room: inviting, joining, leaving, power, and removing.",
  messages: "Sending into a room's log, and reading it.",
  reading: "Read markers, unread counts, notification modes and muting: the caller's own.",
  search: "Full text over the messages that the caller can read.",
  stream: "What happens, as it happens.",
  media: "Files of messages.",
  workspaces: "What groups rooms, and who may make them there.",
  bundles: "A room as one file: export and import.",
  federation: "Rooms that span servers.",
  admin: "For admins of the tenant: metadata, never content.",
  operator: "For whoever runs the server: tenants and their limits.",
  ops: "Probes for supervisors and load balancers. Open, and never charged.",
};
