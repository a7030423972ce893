import { StairwellError } from "@stairwell/protocol";
import { media as routes } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import { bytes, type Conditions, type Endpoint, reply, select, type Sendable, upload } from "../http/endpoint.ts";
import { wireTime } from "../lib/clock.ts";
import { findByNo, type Identities } from "../participants/index.ts";
import { findTenant } from "../tenants/index.ts";
import { accessMedium, accessThumbnail, type MediaReader } from "./access.ts";
import { storageOf } from "./blobs.store.ts";
import { contentHeaders, contentOf, etagOf } from "./content-of.ts";
import { dispositionOf } from "./file-name.ts";
import { type Links, LINK_MS } from "./link.ts";
import { mediaView } from "./media.view.ts";
import type { Medium } from "./medium.ts";
import { isShown } from "./mime-type.ts";
import { storageFull, upload as takeIn, type UploadParts } from "./upload.ts";

/** What a form may take besides its file. */
const FORM_BYTES = 16 * 1024;

export interface MediaParts extends UploadParts {
  identities: Identities;
  links: Links;
  /** The largest file, in bytes. */
  maxBytes: number;
  /** Where the server is reached from outside, if it knows. */
  publicUrl: string | null;
}

export function mediaRoutes(parts: MediaParts): Endpoint[] {
  const { db, clock, blobs, identities, links } = parts;
  const who = ({ tenant, participantNo }: Actor): MediaReader => ({ tenantNo: tenant.tenantNo, participantNo });
  const view = (actor: Actor, mediaId: string) =>
    db.snapshot(async (reader) => ({
      data: await mediaView(reader, identities, await accessMedium(reader, who(actor), clock.now(), mediaId)),
    }));

  const send = (medium: Medium, conditions: Conditions): Sendable => {
    const kind = isShown(medium.mimeType) ? "inline" : "attachment";
    const headers = contentHeaders(medium, dispositionOf(kind, medium.name));
    const { size } = medium;
    const selection = select(conditions, etagOf(medium), size);
    switch (selection.status) {
      case 304:
        return { status: 304, headers };
      case 416:
        return { status: 416, headers: { ...headers, "content-range": `bytes */${size}`, "content-length": 0 } };
      case 200:
        return { status: 200, headers: { ...headers, "content-length": size }, open: () => contentOf(blobs, medium) };
      case 206: {
        const { start, end } = selection.range;
        const range = { "content-range": `bytes ${start}-${end}/${size}`, "content-length": end - start + 1 };
        return { status: 206, headers: { ...headers, ...range }, open: () => contentOf(blobs, medium, { start, end }) };
      }
    }
  };

  /** What is too large, or has no room, is refused before a byte of it is taken. */
  const admit = async ({ actor }: { actor: Actor }, announced = 0) => {
    const least = announced - FORM_BYTES;
    if (least > parts.maxBytes) {
      throw new StairwellError("SW_CONTENT_TOO_LARGE", { details: { max_bytes: parts.maxBytes } });
    }
    const most = actor.tenant.limits.max_storage_bytes;
    if (most !== null && (await storageOf(db, actor.tenant.tenantNo)) + Math.max(0, least) > most) {
      throw storageFull(most);
    }
    return { most: parts.maxBytes, tooLarge: "SW_CONTENT_TOO_LARGE" as const };
  };

  /** A link is worth what its maker may: it ends with their right to read. */
  const follow = async (text: string): Promise<Medium> => {
    const link = links.read(text, clock.now());
    if (link === undefined) throw new StairwellError("SW_MEDIA_NOT_FOUND");
    return db.snapshot(async (reader) => {
      const tenant = await findTenant(reader, link.tenantNo);
      const maker = await findByNo(reader, link.tenantNo, link.participantNo);
      if (tenant?.suspendedAt !== null || maker?.deactivatedAt !== null) throw new StairwellError("SW_MEDIA_NOT_FOUND");
      return accessMedium(reader, link, clock.now(), link.mediaId);
    });
  };

  return [
    upload(
      routes.uploadMedia,
      admit,
      ({ actor, file, form }, receipt) => takeIn(parts, actor, receipt, { file, roomId: form.room_id }),
      ({ actor }, { ref }) => view(actor, ref.media_id),
    ),
    reply(routes.getMedia, ({ actor, params }) => view(actor, params.media_id)),
    bytes(routes.downloadMedia, async ({ actor, params, conditions }) => {
      const find = accessMedium(db, who(actor), clock.now(), params.media_id);
      return send(await find, conditions);
    }),
    bytes(routes.downloadThumbnail, async ({ actor, params, conditions }) => {
      const find = accessThumbnail(db, who(actor), clock.now(), params.media_id);
      return send(await find, conditions);
    }),
    reply(routes.signMedia, async ({ actor, params }) => {
      const { mediaId } = await accessMedium(db, who(actor), clock.now(), params.media_id);
      const expiresAt = clock.now() + LINK_MS;
      const link = links.make({ ...who(actor), mediaId, expiresAt });
      const url = `${parts.publicUrl?.replace(/\/+$/, "") ?? ""}${routes.followLink.path}?link=${link}`;
      return { data: { url, expires_at: wireTime(expiresAt) } };
    }),
    bytes(routes.followLink, async ({ query, conditions }) => send(await follow(query.link), conditions)),
  ];
}
