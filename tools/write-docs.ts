/**
 * Writes what the documentation takes from the code: the marked parts of the pages in `docs/`.
 *
 *     node tools/write-docs.ts           writes them
 *     node tools/write-docs.ts --check   says which are out of step, and fails when one is
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { routes } from "@stairwell/protocol/api";
import { ClientFrames, EventFrame, ServerFrames } from "@stairwell/protocol/stream";
import { configTable } from "../packages/server/src/config/index.ts";
import { callTable } from "../packages/server/src/http/openapi/index.ts";
import { contentBounds, sendableTable } from "./content-tables.ts";
import { notificationTable } from "./notification-table.ts";
import { boundsTable, closesTable, eventTypesTable, framesText } from "./stream-tables.ts";

const DOCS = join(import.meta.dirname, "../docs");
const EXAMPLES = join(import.meta.dirname, "../packages/client/examples");

/** A program of the SDK's examples, which are typed and run by its tests. */
function example(name: string): string {
  return `\`\`\`ts\n${readFileSync(join(EXAMPLES, name), "utf8")}\`\`\``;
}

/** Pages, their generated parts, and who makes them. */
const PARTS = [
  { page: "api.md", part: "calls", make: () => callTable(routes) },
  { page: "stream.md", part: "server frames", make: () => framesText({ event: EventFrame, ...ServerFrames }) },
  { page: "stream.md", part: "client frames", make: () => framesText(ClientFrames) },
  { page: "stream.md", part: "event types", make: () => eventTypesTable() },
  { page: "stream.md", part: "close codes", make: () => closesTable() },
  { page: "stream.md", part: "bounds", make: () => boundsTable() },
  { page: "messages.md", part: "bounds", make: () => contentBounds() },
  { page: "messages.md", part: "sendable", make: () => sendableTable() },
  { page: "configuration.md", part: "settings", make: () => configTable() },
  { page: "sdk.md", part: "first message", make: () => example("first-message.ts") },
  { page: "sdk.md", part: "refusals", make: () => example("refusals.ts") },
  { page: "sdk.md", part: "paging", make: () => example("paging.ts") },
  { page: "sdk.md", part: "stream", make: () => example("stream.ts") },
  { page: "sdk.md", part: "bot", make: () => example("bot.ts") },
  { page: "sdk.md", part: "media", make: () => example("media.ts") },
  { page: "sdk.md", part: "bundles", make: () => example("bundles.ts") },
  { page: "notifications.md", part: "table", make: () => notificationTable() },
];

/** The pages whose generated parts are not what the code says now. */
export function pagesOutOfStep(write: boolean): string[] {
  return PARTS.filter(({ page, part, make }) => {
    const path = join(DOCS, page);
    const before = readFileSync(path, "utf8");
    const after = withPart(before, part, make(), page);
    if (write && after !== before) writeFileSync(path, after);
    return after !== before;
  }).map(({ page }) => page);
}

/** A page with the text between its two markers replaced. */
export function withPart(page: string, part: string, text: string, name: string): string {
  const [begin, end] = [`<!-- begin generated: ${part} -->`, `<!-- end generated: ${part} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`docs/${name} has no place for the generated part "${part}"`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  const pages = pagesOutOfStep(!isCheck);
  for (const page of pages)
    console.log(`docs/${page} ${isCheck ? "is out of step; run: node tools/write-docs.ts" : "written"}`);
  if (isCheck && pages.length > 0) process.exitCode = 1;
}
