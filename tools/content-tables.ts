import { LIMITS } from "@stairwell/protocol";
import { isSendable } from "@stairwell/protocol/room";

const kib = (bytes: number): string => `${bytes / 1024} KiB`;

const BOUNDS: readonly (readonly [what: string, value: string, beyond: string])[] = [
  ["`content`, as canonical JSON", kib(LIMITS.contentBytes), "413 `SW_CONTENT_TOO_LARGE`"],
  ["nesting of `content`, itself 1", String(LIMITS.contentDepth), "400"],
  ["the whole body of the request", kib(LIMITS.bodyBytes), "413"],
  ["entries of `mentions`", String(LIMITS.mentions), "400"],
  ["an id or FQID", `${LIMITS.idLength} characters`, "400"],
  ["`event_uuid`", `1 to ${LIMITS.keyLength} visible ASCII characters`, "400"],
  ["a reaction's emoji", `${LIMITS.emojiBytes} bytes`, "400"],
  ["different emoji on one event", String(LIMITS.emojisPerEvent), "409 `SW_EVENT_CAPACITY`"],
  ["the reason of a redaction", `${LIMITS.reasonLength} characters`, "400"],
];

/** What bounds a content and what hangs on it, in Markdown. */
export function contentBounds(): string {
  const rows = BOUNDS.map(([what, value, beyond]) => `| ${what} | ${value} | ${beyond} |`);
  return ["| bound | | beyond it |", "| --- | --- | --- |", ...rows].join("\n");
}

const NAMES = [
  "swp.room.message",
  "acme.deploy",
  "irc.nick",
  "a_1.b_2.c_3",
  "deploy",
  "Acme.deploy",
  "acme-deploy.done",
];
const RESERVED = ["swp.room.name", "swp.deploy"];

/** Names of event types, and whether a member may send them, as the function decides that the server asks. */
export function sendableTable(): string {
  const rows = [...NAMES, ...RESERVED].map((name) => `| \`${name}\` | ${isSendable(name) ? "yes" : "no, 400"} |`);
  return ["| `event_type` | may be sent |", "| --- | --- |", ...rows].join("\n");
}
