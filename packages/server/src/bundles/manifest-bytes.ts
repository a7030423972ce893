import { createHash, sign } from "node:crypto";
import { createReadStream } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { canonical, type Json, type JsonObject, parseJson, ZERO_HASH } from "@stairwell/protocol";
import {
  type BundleSignature,
  closingText,
  eventText,
  listText,
  mediumOf,
  type NamedMedium,
  openingText,
  signatureText,
  signedText,
  Tally,
} from "@stairwell/protocol/bundle";
import type { Staged } from "../blobs/index.ts";
import type { Reader } from "../db/index.ts";
import { envelopeOf, listAfter, type StoredEvent } from "../events/index.ts";
import { privateKeyOf, type SigningKey } from "../tenants/index.ts";
import type { RoomSnapshot } from "./snapshot.ts";

/** Events that are read at once: few enough for large ones to stay small, and to keep nobody waiting. */
const PAGE = 64;
/** Media entries that are written at once. */
const MEDIA_PAGE = 1000;

/**
 * The bytes of a manifest. Events are read page by page as they are wanted, each page at a moment of its own, so that
 * nothing is held while a reader is slow; whatever was redacted by then goes out wiped (BU1, BU5).
 */
export async function* manifestBytes(reader: Reader, snapshot: RoomSnapshot): AsyncGenerator<Buffer, void, undefined> {
  const digest = createHash("sha256");
  for await (const part of signedParts(reader, snapshot)) {
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    digest.update(bytes);
    yield bytes;
  }
  yield Buffer.from(signatureText(signatureOf(snapshot.key, digest.digest("hex"))));
}

async function* signedParts(reader: Reader, snapshot: RoomSnapshot): AsyncGenerator<string | Buffer> {
  const tally = new Tally();
  yield openingText(snapshot.head) + listText("people");
  yield* fileBytes(snapshot.people);
  yield `]${listText("members")}`;
  yield* fileBytes(snapshot.members);
  yield `]${listText("media")}`;
  const { media } = snapshot;
  for (let at = 0; at < media.length; at += MEDIA_PAGE) {
    const texts = media.slice(at, at + MEDIA_PAGE).map(({ entry }) => {
      tally.medium(entry);
      return canonical(entry as unknown as Json);
    });
    yield (at === 0 ? "" : ",") + texts.join(",");
  }
  yield `]${listText("events")}`;
  yield* eventTexts(reader, snapshot, tally);
  yield `]${closingText(tally.omitted, tally.counts)}`;
}

async function* eventTexts(reader: Reader, { ref, head, media }: RoomSnapshot, tally: Tally): AsyncGenerator<string> {
  const there = new Map(media.map(({ entry }) => [entry.sha256, entry.size]));
  const unnamed = new Set(there.keys());
  let prevHash = ZERO_HASH;
  for (let at = 0; at < head.room.head;) {
    const events = await listAfter(reader, ref, at, Math.min(PAGE, head.room.head - at));
    if (events.length === 0) throw new Error("a log ends before its head");
    const texts = events.map((event) => {
      const text = eventText(envelopeOf(ref.roomId, event, prevHash), event.hash, event);
      prevHash = event.hash;
      tally.event(event.eventType, event.content === null || event.salt === null);
      const named = mediumIn(event);
      if (named !== undefined && there.get(named.medium.sha256) === named.medium.size)
        unnamed.delete(named.medium.sha256);
      else if (named?.isSure === true) tally.unfetched();
      return text;
    });
    yield (at === 0 ? "" : ",") + texts.join(",");
    at = events.at(-1)!.position;
    await setImmediate();
  }
  // Its last message was redacted in the meantime: its bytes must not go out, and the list that names it has.
  if (unnamed.size > 0) throw new Error("a medium was deleted while its room was exported");
}

function mediumIn({ eventType, content, salt }: StoredEvent): NamedMedium | undefined {
  if (content === null || salt === null || !content.includes('"sha256"')) return undefined;
  return mediumOf(eventType, parseJson(content) as JsonObject);
}

async function* fileBytes({ path, size }: Staged): AsyncGenerator<Buffer> {
  if (size > 0) yield* createReadStream(path) as AsyncIterable<Buffer>;
}

function signatureOf(key: SigningKey, sha256: string): BundleSignature {
  const value = sign(null, Buffer.from(signedText(sha256)), privateKeyOf(key)).toString("base64");
  return { key_id: key.keyId, alg: "ed25519", value };
}
