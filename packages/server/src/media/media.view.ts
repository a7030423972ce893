import type { DataOf, media as routes } from "@stairwell/protocol/api";
import type { Reader } from "../db/index.ts";
import { wireTime } from "../lib/clock.ts";
import type { Identities } from "../participants/index.ts";
import type { Medium } from "./medium.ts";

export async function mediaView(
  reader: Reader,
  identities: Identities,
  medium: Medium,
): Promise<DataOf<typeof routes.getMedia>> {
  const uploader = await identities.byNo(reader, medium.tenantNo, medium.uploaderNo);
  return {
    media_id: medium.mediaId,
    name: medium.name,
    sha256: medium.sha256,
    size: medium.size,
    mime_type: medium.mimeType,
    width: medium.width,
    height: medium.height,
    thumbnail_id: medium.thumbnailId,
    uploader_id: uploader!.participantId,
    origin: medium.origin?.serverName ?? null,
    fetched: medium.blob !== null,
    created_at: wireTime(medium.createdAt),
  };
}
