import { isUtf8 } from "node:buffer";
import { invalid, type Json, LIMITS, parseStrictJson, StairwellError } from "@stairwell/protocol";
import type { Range } from "../hub/backfill.ts";
import { WIRE_DEPTH } from "../wire/wire-values.ts";
import { MOST_ITEMS } from "./take-items.ts";

/** The items of a batch; whether each is one of ours to take is another question. `SW_REQUEST_INVALID`. */
export function itemsIn(body: Buffer | null): readonly Json[] {
  if (body === null || !isUtf8(body)) throw invalid("", "must be JSON in UTF-8");
  const { items, ...rest } = objectIn(body.toString("utf8"));
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(`/${unknown}`, "is not a known key");
  if (!Array.isArray(items)) throw invalid("/items", "must be a list");
  if (items.length > MOST_ITEMS) throw invalid("/items", `has more than ${MOST_ITEMS} entries`);
  return items;
}

function objectIn(text: string): Record<string, Json> {
  const json = parseStrictJson(text, WIRE_DEPTH);
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, Json>;
  throw new StairwellError("SW_REQUEST_INVALID", { details: [{ path: "", reason: "must be an object" }] });
}

const MOST_EVENTS = 1000;

/** Which part of a log is asked for: `after` or `before` a position, and how many events. `SW_REQUEST_INVALID`. */
export function rangeIn(url: string): Range {
  const { after, before, limit, ...rest } = queryOf(url);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(`/${unknown}`, "is not a known parameter");
  if (after !== undefined && before !== undefined) throw invalid("/before", "and after exclude each other");
  return {
    after: after === undefined ? undefined : numberIn(after, "/after", 0, Number.MAX_SAFE_INTEGER),
    before: before === undefined ? undefined : numberIn(before, "/before", 1, Number.MAX_SAFE_INTEGER),
    limit: limit === undefined ? 100 : numberIn(limit, "/limit", 1, MOST_EVENTS),
  };
}

/** Which members are asked for. */
export interface MembersQuery {
  /** Of the state that was handed over. */
  readonly position: number | undefined;
  /** The last of the page before; empty for the first. */
  readonly after: string;
}

/** `SW_REQUEST_INVALID`. */
export function membersQueryIn(url: string): MembersQuery {
  const { position, after = "", ...rest } = queryOf(url);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(`/${unknown}`, "is not a known parameter");
  if (after.length > LIMITS.idLength + 100) throw invalid("/after", "must be an FQID");
  return {
    position: position === undefined ? undefined : numberIn(position, "/position", 1, Number.MAX_SAFE_INTEGER),
    after,
  };
}

/** The query of a request, each key once: the platform makes nothing of it here. */
function queryOf(url: string): Record<string, string | undefined> {
  const query = new URL(url, "http://server").searchParams;
  for (const name of query.keys()) if (query.getAll(name).length > 1) throw invalid(`/${name}`, "is given twice");
  return Object.fromEntries(query);
}

function numberIn(text: unknown, path: string, least: number, most: number): number {
  const number = typeof text === "string" && /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw invalid(path, `must be an integer from ${least} to ${most}`);
}
