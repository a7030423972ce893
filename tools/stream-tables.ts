import { KINDS } from "../packages/protocol/src/room/events/index.ts";
import { CLOSE, CLOSE_MEANING, STREAM } from "@stairwell/protocol/stream";
import type { TSchema } from "typebox";

interface Schema {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly type?: string;
}

/** Frames as chapters of a page: when, their fields, an example. */
export function framesText(frames: Readonly<Record<string, TSchema>>): string {
  return Object.entries(frames)
    .map(([type, frame]) => frameText(type, frame as Schema))
    .join("\n\n");
}

function frameText(type: string, { description = "", examples = [], ...frame }: Schema): string {
  const rows = fieldRows(frame, "");
  const table = rows.length === 0 ? "" : `| field | type | |\n| --- | --- | --- |\n${rows.join("\n")}\n\n`;
  return `### \`${type}\`\n\n${description}\n\n${table}\`\`\`json\n${JSON.stringify(examples[0])}\n\`\`\``;
}

/** A row for each field; those that may be missing bear a question mark. A message's own are told by the API's page. */
function fieldRows({ properties = {}, required = [] }: Schema, within: string): string[] {
  return Object.entries(properties).flatMap(([key, field]) => {
    if (key === "type" && "const" in field) return [];
    const name = `\`${within}${key}${required.includes(key) ? "" : "?"}\``;
    const row = `| ${name} | ${typeText(field)} | ${field.description ?? field.anyOf?.[0]?.description ?? ""} |`;
    return field.properties?.code === undefined ? [row] : [row, ...fieldRows(field, `${key}.`)];
  });
}

function typeText(field: Schema): string {
  const { anyOf, properties = {}, type } = field;
  if ("const" in field) return `\`${JSON.stringify(field.const)}\``;
  if (anyOf !== undefined) return anyOf.length > 5 ? "string" : anyOf.map(typeText).join(" or ");
  if ("reactions" in properties) return "a message, as of `GET …/messages`";
  return type ?? "any";
}

/** The types of the events that change a room, with what their content has. */
export function eventTypesTable(): string {
  const rows = [...KINDS.values()].map(({ type, content }) => {
    const { properties = {}, required = [] } = content as Schema;
    const keys = Object.keys(properties).map((key) => `\`${key}${required.includes(key) ? "" : "?"}\``);
    return `| \`${type}\` | ${keys.join(" ")} |`;
  });
  return ["| event type | content |", "| --- | --- |", ...rows].join("\n");
}

export function closesTable(): string {
  const rows = Object.entries(CLOSE).map(([name, code]) => {
    const { when, client } = CLOSE_MEANING[name as keyof typeof CLOSE];
    return `| ${code} | ${when} | ${client} |`;
  });
  return ["| code | when | what the client does |", "| --- | --- | --- |", ...rows].join("\n");
}

type Bound = keyof typeof STREAM;

/** What each bound is about, and what happens beyond it; the type demands that none is missing. */
const BOUNDS: { readonly [K in Bound]: readonly [what: string, beyond: string] } = {
  frameBytes: ["a client's message", "1009"],
  fragments: ["pieces of a message", "1008"],
  framesPerSecond: ["a client's frames a second, pings and pongs among them", "1008"],
  framesAtOnce: ["of them at once", "1008"],
  underWayBytes: ["a client's frames that are carried out at a time", "further ones are not read yet"],
  bufferBytes: ["what may wait for a slow reader", "4008"],
  heartbeatMs: ["between two pings of the server", "4003 where the third would be due"],
  closingMs: ["to answer a close", "the connection is cut"],
  resumeEvents: ["events that a resume brings", "`reset`"],
  resumeMs: ["age of the first event after a cursor", "`reset`"],
  ticketMs: ["a ticket is good for", "401"],
  streamsAPerson: ["streams and waiting polls of one person, for one more stream", "429"],
  pollsAPerson: ["polls of one person that wait", "429"],
  syncEvents: ["`limit` of a poll", "400"],
  syncMs: ["`timeout` of a poll", "400"],
  typingMs: ["typing lasts", "cleared"],
  presenceMs: ["offline after the last stream", ""],
};

const DAY_MS = 86_400_000;

/** A bound in the unit that its name ends with. */
function valueText(bound: Bound): string {
  const value = STREAM[bound];
  if (bound.endsWith("Bytes")) return `${value / 1024} KiB`;
  if (!bound.endsWith("Ms")) return value.toLocaleString("en");
  return value < DAY_MS ? `${value / 1000} s` : `${value / DAY_MS} days`;
}

export function boundsTable(): string {
  const rows = Object.entries(BOUNDS).map(
    ([bound, [what, beyond]]) => `| ${what} | ${valueText(bound as Bound)} | ${beyond} |`,
  );
  return ["| bound | | beyond it |", "| --- | --- | --- |", ...rows].join("\n");
}
