/** The codes with which the server ends a stream (ST7). After all of them but 4001 a client comes back with its cursor. */
export const CLOSE = {
  notWebSocket: 1002,
  notText: 1007,
  badFrame: 1008,
  tooBig: 1009,
  fault: 1011,
  restarting: 1012,
  credential: 4001,
  silent: 4003,
  tooSlow: 4008,
} as const;

/** When each is used, and what a client then does. */
export const CLOSE_MEANING: Readonly<Record<keyof typeof CLOSE, { when: string; client: string }>> = {
  notWebSocket: {
    when: "Bytes that are no WebSocket: an unmasked or compressed frame, a reserved bit or opcode, a control frame in pieces or over 125 bytes.",
    client: "Mend the client; then resume.",
  },
  notText: { when: "A text frame that is not UTF-8.", client: "Mend the client; then resume." },
  badFrame: {
    when: "A frame that this protocol does not know: binary, no JSON, an unknown `type`; a message in too many pieces; too many frames.",
    client: "Mend the client, or send less; then resume.",
  },
  tooBig: { when: "A message above the largest frame.", client: "Send less at once; then resume." },
  fault: { when: "The server could not read its store.", client: "Resume after a pause that grows with each failure." },
  restarting: {
    when: "The server stops or restarts, or something was lost on the way to this stream.",
    client: "Resume after a short random pause, which grows with each failure.",
  },
  credential: {
    when: "The credential was revoked or has expired, the person was deactivated, or the tenant suspended. Nothing is delivered after it.",
    client: "Do not resume with this credential: sign in again, then resume with the cursor.",
  },
  silent: { when: "Two pings were left unanswered.", client: "Resume." },
  tooSlow: {
    when: "More than the buffer waits for a client that does not read.",
    client: "Resume: history waits for a slow reader. Read faster, or do the work of a frame elsewhere.",
  },
};
