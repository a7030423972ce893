import type { BundleEvent, BundleMedium, ManifestKey } from "@stairwell/protocol/bundle";
import { manifestParts } from "./manifest.ts";

/** What begins the log of an imported room: create, the importer's member, the workspace, the import itself. */
const FIRST = 4;
/** Event types that stay themselves in an imported room; all others become history. */
const isKept = (type: string): boolean =>
  !type.startsWith("swp.") || /^swp\.room\.(?:message|edit|reaction|redaction)$/.test(type);
/** A broken bundle is not described for ever. */
const MOST_FAULTS = 20;

// Contents of every shape; a wrong guess is a difference, and that is a fault.
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;

/**
 * Compares a room's bundle with that of the room which it was imported as (BU19): events one by one, with ids as places
 * in the log and without what an import adds, media and omissions. `events`: how many were compared. One line a fault.
 */
export async function compareBundles(first: string, second: string): Promise<{ events: number; faults: string[] }> {
  const [before, after] = [new Bundle(first), new Bundle(second)];
  const faults: string[] = [];
  const differ = (what: string, a: unknown, b: unknown): void => {
    const texts = [JSON.stringify(a), JSON.stringify(b)];
    if (texts[0] !== texts[1]) faults.push(`${what} was ${texts[0]?.slice(0, 300)} and is ${texts[1]?.slice(0, 300)}`);
  };
  for (let i = 0; i < FIRST; i++) await after.next();
  let events = 0;
  for (;;) {
    const [was, is] = [await before.next(), await after.next()];
    if (was === undefined && is === undefined) break;
    differ(`event ${++events}`, was && asImported(plain(was, before.placeOf)), is && plain(is, after.placeOf));
    if (faults.length >= MOST_FAULTS) return { events, faults };
  }
  differ("the list of media", before.media, after.media);
  differ("what was omitted", before.omitted, after.omitted);
  return { events, faults };
}

/** A bundle's events one after the other, and its lists. */
class Bundle {
  readonly media: unknown[] = [];
  omitted: unknown;
  readonly #parts: ReturnType<typeof manifestParts>;
  readonly #places = new Map<string, number>();
  #waiting: BundleEvent[] = [];
  #at = 0;

  constructor(path: string) {
    this.#parts = manifestParts(path);
  }

  /** Where an event stands that an event names: as many events before the one that names it, since both logs shift. */
  readonly placeOf = (id: string): number | undefined => {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#places.size - place;
  };

  async next(): Promise<BundleEvent | undefined> {
    while (this.#at === this.#waiting.length) {
      const { value, done } = await this.#parts.next();
      if (done === true) return undefined;
      [this.#waiting, this.#at] = [[], 0];
      for (const { key, text } of value) if (text !== undefined) this.#take(key, text);
    }
    const event = this.#waiting[this.#at++]!;
    this.#places.set(event.envelope.id, this.#places.size);
    return event;
  }

  #take(key: ManifestKey, text: string): void {
    if (key === "events") this.#waiting.push(JSON.parse(text) as BundleEvent);
    if (key === "omitted") this.omitted = JSON.parse(text);
    if (key !== "media") return;
    const { sha256, size, mime_type } = JSON.parse(text) as BundleMedium;
    this.media.push([sha256, size, mime_type]);
  }
}

/** An event as it must come out, whichever room it stands in. */
function plain({ envelope, content }: BundleEvent, placeOf: (id: string) => number | undefined): Loose {
  const put = (value: Loose): Loose => {
    if (typeof value === "string") {
      const place = value.startsWith("evt-") ? placeOf(value) : undefined;
      return place === undefined ? value : `${place} before`;
    }
    if (Array.isArray(value)) return value.map(put);
    if (typeof value !== "object" || value === null) return value;
    const { _imported_sender, do_not_index: _, _imported_mentions: mentions, ...rest } = value;
    const members = Object.entries({ ...rest, ...(mentions !== undefined && { mentions }) });
    return Object.fromEntries(members.map(([key, each]) => [key, put(each)] as const).toSorted(byKey));
  };
  const { event_type: type, origin_ts, sender, imported } = envelope;
  const said: Loose = content ?? null;
  const isHistory = type === "swp.room.history";
  return {
    // What a wiped event of another kind was nobody can tell.
    type: isHistory ? (said?.event_type ?? null) : type,
    origin_ts,
    sender: imported ? (said?._imported_sender?.fqid ?? null) : sender,
    content: put(isHistory ? (said?.content ?? null) : said),
  };
}

/** What the first export has that no import keeps: who wiped events were by, and what the server said. */
function asImported(event: Loose): Loose {
  const isServer = typeof event.sender === "string" && event.sender.startsWith("@:");
  const sender = event.content === null || isServer ? null : event.sender;
  return { ...event, sender, type: event.content === null && !isKept(event.type) ? null : event.type };
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
