import type { Omission } from "@stairwell/protocol/bundle";
import { counted, grouped } from "../figures.ts";

/** What is not in a bundle although its room has, or had, it; "nothing" where that is all. */
export function omittedText(omitted: readonly Omission[]): string {
  return omitted.map(oneText).join("; ") || "nothing";
}

function oneText({ what, reason, count }: Omission): string {
  const were = count === 1 ? "was" : "were";
  if (what === "content" && reason === "redacted")
    return `the content of ${counted(count, "event")}, which ${were} redacted`;
  if (what === "media" && reason === "not_fetched") {
    return `the files of ${counted(count, "message")}, which ${were} never fetched from another server`;
  }
  return `${what} of ${grouped(count)} (${reason})`;
}
