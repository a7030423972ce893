/** Every bound on what comes from outside, with its reason. */
export const LIMITS = {
  /** Canonical bytes of one event's content (EV2). */
  contentBytes: 64 * 1024,
  /** Nesting of content (EV2); deeper input could exhaust a recursive reader's stack. */
  contentDepth: 32,
  /** Nesting of a JSON body, which wraps content once. */
  jsonDepth: 33,
  /** A JSON body: content of full size with every character escaped (`\u00XX`, six for one), and its envelope. */
  bodyBytes: 6 * 64 * 1024 + 8 * 1024,
  nameLength: 128,
  topicLength: 1024,
  displayNameLength: 128,
  reasonLength: 500,
  idLength: 255,
  /** `event_uuid` and `Idempotency-Key`: visible ASCII (EV1, AP6). */
  keyLength: 128,
  mentions: 100,
  /** UTF-8 bytes of a reaction's emoji, and how many different ones stand on one event (EV5). */
  emojiBytes: 64,
  emojisPerEvent: 50,
  initialInvites: 100,
  /** People named to the last admin who would go (PL3). */
  candidates: 10,
  queryLength: 200,
  /** One person's open invites in one room (spec/model.md, "Tenant limits"). */
  openInvites: 500,
  /** `total` in a list is exact up to here (AP7). */
  exactTotal: 1000,
  tokenNameLength: 128,
  /** What a medium is called, in characters. */
  fileNameLength: 255,
} as const;
