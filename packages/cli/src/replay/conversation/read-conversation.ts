import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Line, LineFault } from "./line.ts";
import { parseLine } from "./parse-line.ts";

const NEWLINE = 0x0a;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export interface Conversation {
  readonly lines: readonly Line[];
  readonly faults: readonly LineFault[];
}

/**
 * Reads a conversation file, JSON lines as they are or gzipped, and checks all of it: each line by itself, that ids are
 * used once, and that replies name an earlier line. With `limit`, only so many lines from the start.
 */
export function readConversation(path: string, limit = Infinity): Conversation {
  const lines: Line[] = [];
  const faults: LineFault[] = [];
  const seen = new Map<string, number>();
  for (const { number, text } of linesIn(unpacked(readFileSync(path)))) {
    if (number > limit) break;
    const line = text === undefined ? { number, problem: "is not UTF-8" } : parseLine(text, number);
    const fault = "problem" in line ? line : faultAmong(seen, line);
    if (fault !== undefined) faults.push(fault);
    if ("problem" in line) continue;
    seen.set(line.id, number);
    lines.push(line);
  }
  return { lines, faults };
}

function faultAmong(seen: ReadonlyMap<string, number>, line: Line): LineFault | undefined {
  const { number, id } = line;
  const before = seen.get(id);
  if (before !== undefined) return { number, problem: `has the id of line ${before}, ${id}` };
  if (!("replyTo" in line) || line.replyTo === undefined || seen.has(line.replyTo)) return undefined;
  return { number, problem: `replies to ${line.replyTo}, which is no earlier line` };
}

function unpacked(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** Split at line feeds alone: JSON may hold U+2028, which other readers of lines take for an end. */
function* linesIn(bytes: Buffer): Generator<{ number: number; text: string | undefined }> {
  let number = 0;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, start);
    const line = bytes.subarray(start, end === -1 ? bytes.length : end);
    start = end === -1 ? bytes.length : end + 1;
    yield { number: ++number, text: decoded(line) };
  }
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
