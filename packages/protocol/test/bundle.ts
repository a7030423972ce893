import { createHash, hash } from "node:crypto";
import type { Envelope, Fqid, JsonObject } from "../src/index.ts";
import { canonical } from "../src/index.ts";
import {
  type BundleCounts,
  closingText,
  eventText,
  listText,
  ManifestCheck,
  type ManifestHead,
  ManifestSplitter,
  openingText,
  Tally,
} from "../src/bundle/index.ts";
import { readVectors } from "./vectors.ts";

export const sha256 = (text: string): string => hash("sha256", text);

interface LogVector {
  room_id: string;
  server_name: string;
  events: { envelope: Envelope & { v: 1 }; hash: string; content: JsonObject | null; salt: string | null }[];
}

export const LOG = readVectors<LogVector>("log");

const last = LOG.events.at(-1)!;
export const HEAD: ManifestHead = {
  exported_at: "2026-01-02T03:04:05.678Z",
  exported_by: "@ann:acme.example" as Fqid,
  server_name: LOG.server_name,
  room: {
    id: last.envelope.room_id,
    room_alias: null,
    room_type: "group",
    scope_kind: null,
    name: "Kitchen",
    topic: null,
    is_public: false,
    created_at: "2026-01-01T00:00:00.000Z",
    creator: "@ann:acme.example" as Fqid,
    state: "open",
    head: last.envelope.position,
    head_hash: last.hash,
  },
};

/** The log of the vectors as a manifest, without a signature; `counts` are what was counted unless given. */
export function manifestOf(events = LOG.events, head: ManifestHead = HEAD, counts?: BundleCounts): string {
  const tally = new Tally();
  const texts = events.map(({ envelope, hash, content, salt }) => {
    tally.event(envelope.event_type, salt === null);
    return eventText(envelope, hash, { content: content && canonical(content), salt });
  });
  const names = ["ann", "bob", "helper", "cara"];
  const people = names.map((name) =>
    canonical({ fqid: `@${name}:acme.example`, display_name: name, participant_type: "human" }),
  );
  return [
    openingText(head),
    `${listText("people")}${people.join(",")}]`,
    `${listText("members")}]`,
    `${listText("media")}]`,
    `${listText("events")}${texts.join(",")}]`,
    closingText(tally.omitted, counts ?? tally.counts),
    "}",
  ].join("");
}

/** Checks a manifest that arrives in chunks of so many bytes; answers the check and the hash that is signed. */
export function checkManifest(text: string, chunkBytes = 1000): { check: ManifestCheck; signed: string } {
  const check = new ManifestCheck(sha256);
  const digest = createHash("sha256");
  const splitter = new ManifestSplitter((bytes) => digest.update(bytes));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    for (const part of splitter.take(bytes.subarray(at, at + chunkBytes))) check.take(part);
  }
  splitter.end();
  check.end();
  return { check, signed: digest.digest("hex") };
}
