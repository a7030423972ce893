import { StairwellError } from "@stairwell/protocol";
import { asOf, readableTo } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { asLeaving, findLeaving, findMember } from "../state/index.ts";
import { findMedium, findMediumByNo } from "./media.store.ts";
import type { Medium } from "./medium.ts";
import { listFirstRefs } from "./refs.store.ts";

/** Who reads. */
export interface MediaReader {
  readonly tenantNo: number;
  readonly participantNo: number;
}

/** A medium for its reader (VS4). `SW_MEDIA_NOT_FOUND`, which an unknown one answers too. */
export async function accessMedium(reader: Reader, who: MediaReader, now: number, mediaId: string): Promise<Medium> {
  const medium = await findReadable(reader, who, now, mediaId);
  if (medium === undefined) throw new StairwellError("SW_MEDIA_NOT_FOUND");
  return medium;
}

/** The thumbnail of a medium, for whoever can read that. `SW_MEDIA_NOT_FOUND`, of a medium without one too. */
export async function accessThumbnail(reader: Reader, who: MediaReader, now: number, mediaId: string): Promise<Medium> {
  const { thumbnailId } = await accessMedium(reader, who, now, mediaId);
  const thumbnail = thumbnailId === null ? undefined : await findMedium(reader, who.tenantNo, thumbnailId);
  if (thumbnail === undefined) throw new StairwellError("SW_MEDIA_NOT_FOUND");
  return thumbnail;
}

/**
 * VS4, the one place that knows it: a medium is read by its uploader, and by whoever can read an event that names it: of
 * a former member, as of their going (MB10). A thumbnail is read by whoever can read what it is of.
 */
export async function findReadable(
  reader: Reader,
  { tenantNo, participantNo }: MediaReader,
  now: number,
  mediaId: string,
): Promise<Medium | undefined> {
  const medium = await findMedium(reader, tenantNo, mediaId);
  if (medium === undefined) return undefined;
  const whole = medium.thumbnailOf === null ? medium : await findMediumByNo(reader, tenantNo, medium.thumbnailOf);
  if (whole === undefined) return undefined;
  if (whole.uploaderNo === participantNo) return medium;
  for (const { at, position } of await listFirstRefs(reader, tenantNo, whole.mediaNo, participantNo)) {
    const row = await findMember(reader, at, participantNo);
    const member = asOf(row && asLeaving(row, await findLeaving(reader, at, participantNo)), now);
    if (position <= readableTo(member)) return medium;
  }
  return undefined;
}
