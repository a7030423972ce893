import type { ByteRange } from "../blobs/index.ts";
import type { Conditions } from "./bytes.ts";

/** What of a content a request is to be sent. */
export type Selection = { status: 200 } | { status: 206; range: ByteRange } | { status: 304 } | { status: 416 };

const SINGLE = /^bytes=(\d*)-(\d*)$/;

/**
 * Which bytes of a content of `size` bytes a request is due, by its strong `etag` (RFC 9110, sections 13.1 and 14.2).
 * Of several ranges, of other units, and of a range of another version, the whole is sent, as the RFC allows.
 */
export function select(
  { range, ifRange, ifNoneMatch }: Omit<Conditions, "isHead">,
  etag: string,
  size: number,
): Selection {
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag)) return { status: 304 };
  const asked = range === undefined ? null : SINGLE.exec(range);
  if (asked === null || (ifRange !== undefined && ifRange !== etag)) return { status: 200 };
  const [, from, to] = asked as unknown as [string, string, string];
  if (from === "" && to === "") return { status: 200 };
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== "" && to !== "" && Number(to) < start) return { status: 200 };
  if (start > end) return { status: 416 };
  return { status: 206, range: { start, end } };
}

function matches(list: string, etag: string): boolean {
  return list.split(",").some((entry) => ["*", etag].includes(entry.trim().replace(/^W\//, "")));
}
