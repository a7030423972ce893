import { canonical, utf8Bytes } from "../canonical.ts";
import { StairwellError } from "../errors.ts";
import type { Sha256 } from "../hash.ts";
import { isServerFqid } from "../ids.ts";
import { type Json, type JsonObject, parseStrictJson } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { EventCheck } from "./event-check.ts";
import { BundleFault } from "./fault.ts";
import { BUNDLE_LIMITS, type BundleLimits } from "./limits.ts";
import {
  type BundleCounts,
  type BundleEvent,
  type BundleMedium,
  type BundleMember,
  type BundlePerson,
  type BundleRoom,
  type BundleSignature,
  MANIFEST,
  type ManifestHead,
  type ManifestKey,
  mediaEntry,
  type Omission,
} from "./manifest.ts";
import { mediumOf } from "./medium.ts";
import { SHAPES } from "./shapes.ts";
import type { ManifestPart } from "./splitter.ts";
import { Tally } from "./tally.ts";

/** An event around the content of an edit, which is as deep as a content may be (EV2). */
const MOST_DEEP = LIMITS.contentDepth + 2;

/** A part of the manifest that was found right. */
export type Checked =
  | { readonly key: "room"; readonly value: BundleRoom }
  | { readonly key: "people"; readonly value: BundlePerson }
  | { readonly key: "members"; readonly value: BundleMember }
  | { readonly key: "media"; readonly value: BundleMedium }
  | { readonly key: "events"; readonly value: BundleEvent }
  | { readonly key: "omitted"; readonly value: readonly Omission[] }
  | { readonly key: Exclude<ManifestKey, "room" | "people" | "members" | "media" | "events" | "omitted"> };

/**
 * Checks a manifest part by part: shapes, people, hashes, chain, media, counts. Its memory grows with people and
 * media, within a bound, and never with events. Everything but the signature, for which it has what is needed, and the media's bytes.
 */
export class ManifestCheck {
  readonly #sha256: Sha256;
  readonly #limits: Pick<BundleLimits, "listBytes">;
  readonly #head: Record<string, unknown> = {};
  readonly #people = new Set<string>();
  readonly #media = new Map<string, BundleMedium>();
  readonly #named = new Set<string>();
  readonly #tally = new Tally();
  #events: EventCheck | undefined;
  #omitted: readonly Omission[] = [];
  /** The first message whose medium is not there, which is wrong unless it is said that some were omitted. */
  #missing: BundleFault | undefined;
  #counts: BundleCounts | undefined;
  #signature: BundleSignature | undefined;
  #isEnded = false;
  /** Bytes of people and media so far. */
  #listBytes = 0;

  constructor(sha256: Sha256, limits: Pick<BundleLimits, "listBytes"> = BUNDLE_LIMITS) {
    this.#sha256 = sha256;
    this.#limits = limits;
  }

  /** Checks one part; undefined for the end of a list. Throws `BundleFault`. */
  take(part: ManifestPart): Checked | undefined {
    const { key, index, text } = part;
    if (text === undefined) return this.#endList(key);
    const pointer = index === undefined ? `/${key}` : `/${key}/${index}`;
    const read = key === "events" ? this.#events!.read(text) : undefined;
    if (read !== undefined) return { key: "events", value: this.#counted(read, pointer) };
    if (key === "people" || key === "media") this.#hold(text, pointer);
    const value = parsed(text, pointer);
    const misshape = SHAPES[key](value, pointer);
    if (misshape !== undefined) throw fault(misshape.path, misshape.reason);
    return this.#taken(key, value, pointer);
  }

  /** After the last part. The manifest is right, but for what the signature says. */
  end(): void {
    this.#isEnded = true;
  }

  get head(): ManifestHead {
    return this.#head as unknown as ManifestHead;
  }

  /** How many there are. */
  get people(): number {
    return this.#people.size;
  }

  /** By SHA-256. */
  get media(): ReadonlyMap<string, BundleMedium> {
    return this.#media;
  }

  get omitted(): readonly Omission[] {
    return this.#omitted;
  }

  get counts(): BundleCounts {
    if (this.#counts === undefined || !this.#isEnded) throw new Error("asked for the counts before the end");
    return this.#counts;
  }

  get signature(): BundleSignature | undefined {
    return this.#signature;
  }

  #taken(key: ManifestKey, value: unknown, pointer: string): Checked {
    switch (key) {
      case "room":
        this.#head.room = value;
        this.#events = new EventCheck(this.#sha256, value as BundleRoom);
        return { key, value: value as BundleRoom };
      case "people":
        return { key, value: this.#person(value as BundlePerson, pointer) };
      case "members":
        return { key, value: this.#member(value as BundleMember, pointer) };
      case "media":
        return { key, value: this.#medium(value as BundleMedium, pointer) };
      case "events":
        return { key, value: this.#event(value as BundleEvent, pointer) };
      case "omitted":
        if (this.#missing !== undefined && !(value as readonly Omission[]).some(({ what }) => what === "media")) {
          throw this.#missing;
        }
        mustEqual(value, this.#tally.omitted, pointer);
        this.#omitted = value as readonly Omission[];
        return { key, value: this.#omitted };
      case "counts":
        mustEqual(value, this.#tally.counts, pointer);
        this.#counts = value as BundleCounts;
        return { key };
      case "signature":
        this.#signature = value as BundleSignature;
        return { key };
      default:
        this.#head[key] = value;
        return { key };
    }
  }

  #hold(text: string, pointer: string): void {
    const { listBytes } = this.#limits;
    this.#listBytes += utf8Bytes(text);
    if (this.#listBytes <= listBytes) return;
    const reason = `has more than ${listBytes} bytes of people and media`;
    throw new BundleFault(MANIFEST, reason, { pointer, isTooLarge: true });
  }

  #person(person: BundlePerson, pointer: string): BundlePerson {
    if (this.#people.has(person.fqid)) throw fault(pointer, `${person.fqid} stands there twice`);
    this.#people.add(person.fqid);
    return person;
  }

  #member(member: BundleMember, pointer: string): BundleMember {
    this.#mustBeKnown(member.fqid, `${pointer}/fqid`);
    return member;
  }

  #medium(medium: BundleMedium, pointer: string): BundleMedium {
    if (this.#media.has(medium.sha256)) throw fault(pointer, `${medium.sha256} stands there twice`);
    this.#media.set(medium.sha256, medium);
    this.#tally.medium(medium);
    return medium;
  }

  #event(event: BundleEvent, pointer: string): BundleEvent {
    this.#events!.take(event);
    return this.#counted(event, pointer);
  }

  /** What an event that is right means for the rest. */
  #counted(event: BundleEvent, pointer: string): BundleEvent {
    const { sender, acted_by, event_type } = event.envelope;
    for (const who of [sender, acted_by]) {
      if (who !== null && !isServerFqid(who)) this.#mustBeKnown(who, `${pointer}/envelope/sender`);
    }
    if (event.content !== undefined) this.#nameMedium(event_type, event.content, pointer);
    this.#tally.event(event_type, event.salt === undefined);
    return event;
  }

  #nameMedium(eventType: string, content: JsonObject, pointer: string): void {
    const named = mediumOf(eventType, content);
    if (named === undefined) return;
    const { sha256, size } = named.medium;
    const listed = this.#media.get(sha256);
    if (listed?.size === size) this.#named.add(sha256);
    else if (named.isSure) {
      this.#missing ??= fault(pointer, `names a medium that is not there: ${mediaEntry(sha256)}, ${size} bytes`);
      this.#tally.unfetched();
    }
  }

  #endList(key: ManifestKey): undefined {
    if (key !== "events") return;
    this.#events!.end();
    for (const sha256 of this.#media.keys()) {
      if (!this.#named.has(sha256)) throw fault("/media", `no event names ${mediaEntry(sha256)}`);
    }
  }

  #mustBeKnown(fqid: string, pointer: string): void {
    if (!this.#people.has(fqid)) throw fault(pointer, `${fqid} is not among the people`);
  }
}

function parsed(text: string, pointer: string): Json {
  try {
    return parseStrictJson(text, MOST_DEEP);
  } catch (error) {
    if (!(error instanceof StairwellError)) throw error;
    const [first] = error.info.details as { path: string; reason: string }[];
    throw fault(pointer + first!.path, first!.reason);
  }
}

function mustEqual(given: unknown, found: unknown, pointer: string): void {
  if (canonical(given as JsonObject) === canonical(found as JsonObject)) return;
  throw fault(pointer, `is not what was counted, ${canonical(found as JsonObject).slice(0, 300)}`);
}

function fault(pointer: string, reason: string): BundleFault {
  return new BundleFault(MANIFEST, reason, { pointer });
}
