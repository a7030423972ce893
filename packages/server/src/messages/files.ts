import type { DataOf, messages as routes } from "@stairwell/protocol/api";
import type { Reader } from "../db/index.ts";
import { findEventAt } from "../events/index.ts";
import { wireTime } from "../lib/clock.ts";
import { findMediumByNo, listFileRefs, mediaView } from "../media/index.ts";
import type { Identities } from "../participants/index.ts";
import type { Readable } from "./read.ts";

type File = DataOf<typeof routes.listFiles>[number];

export interface FilesPage {
  files: File[];
  /** Where the next page begins; undefined after the last. */
  next: number | undefined;
}

/** A page of the files that messages name, newest first, from below a position on. Redacted ones have no reference any more. */
export async function listFiles(
  reader: Reader,
  identities: Identities,
  { at, readableTo }: Readable,
  from: number | undefined,
  limit: number,
): Promise<FilesPage> {
  const below = Math.min(from ?? Number.MAX_SAFE_INTEGER, readableTo + 1);
  const refs = await listFileRefs(reader, at, below, limit + 1);
  const page = refs.slice(0, limit);
  const files: File[] = [];
  for (const { target, mediaNo } of page) {
    const medium = await findMediumByNo(reader, at.tenantNo, mediaNo);
    const event = await findEventAt(reader, at, target);
    // Of a closed incognito room nothing can be opened, though it may not be swept yet.
    if (medium === undefined || event === undefined) continue;
    const sender = event.sender === null ? undefined : await identities.byFqid(reader, at.tenantNo, event.sender);
    files.push({
      media: await mediaView(reader, identities, medium),
      event_id: event.eventId,
      sender_id: sender?.participantId ?? event.sender,
      stream_position: event.position,
      sent_at: wireTime(event.hubTs),
    });
  }
  return { files, next: refs.length > limit ? page.at(-1)!.position : undefined };
}
