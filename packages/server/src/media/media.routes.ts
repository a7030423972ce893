import { StairwellError } from "@stairwell/protocol";
import { media as routes } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import {
  bytes,
  type Caller,
  type Conditions,
  type Endpoint,
  reply,
  select,
  type Sendable,
  upload,
} from "../http/endpoint.ts";
import { wireTime } from "../lib/clock.ts";
import { findByNo, type Identities } from "../participants/index.ts";
import { findTenant, storageFull, type Tenant } from "../tenants/index.ts";
import { accessMedium, accessThumbnail, type MediaReader } from "./access.ts";
import { storageOf } from "./blobs.store.ts";
import { contentHeaders, contentOf, etagOf } from "./content-of.ts";
import { dispositionOf } from "./file-name.ts";
import { type Links, LINK_MS } from "./link.ts";
import { mediaView } from "./media.view.ts";
import type { Fetches } from "./fetches.ts";
import { type HeldMedium, isHeld, type Medium } from "./medium.ts";
import { isShown } from "./mime-type.ts";
import type { TakeInParts } from "./take-in.ts";
import { upload as uploadFile } from "./upload.ts";
import { uploadPlaces } from "./upload-places.ts";

/** What a form may take besides its file. */
const FORM_BYTES = 16 * 1024;

export interface MediaParts extends TakeInParts {
  identities: Identities;
  links: Links;
  /** What is of other servers is fetched from there. */
  fetches: Fetches;
  /** The largest file, in bytes. */
  maxBytes: number;
  /** Files that one person may be uploading at one time. */
  maxUploads: number;
  /** Where the server is reached from outside, if it knows. */
  publicUrl: string | null;
}

export function mediaRoutes(parts: MediaParts): Endpoint[] {
  const { db, clock, blobs, identities, links, fetches } = parts;
  const places = uploadPlaces(parts.maxUploads);
  const who = ({ tenant, participantNo }: Actor): MediaReader => ({ tenantNo: tenant.tenantNo, participantNo });
  const view = (actor: Actor, mediaId: string) =>
    db.snapshot(async (reader) => ({
      data: await mediaView(reader, identities, await accessMedium(reader, who(actor), clock.now(), mediaId)),
    }));

  const open = (medium: HeldMedium, conditions: Conditions): Sendable => {
    const headers = headersOf(medium);
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

  /** Nothing is fetched for one who has it already, or wants to know of it alone. */
  const send = async (tenant: Tenant, medium: Medium, conditions: Conditions): Promise<Sendable> => {
    if (isHeld(medium)) return open(medium, conditions);
    const { status } = select(conditions, etagOf(medium), medium.size);
    if (status === 304) return { status, headers: headersOf(medium) };
    if (conditions.isHead) return { status: 200, headers: { ...headersOf(medium), "content-length": medium.size } };
    return open(await fetches.held(tenant, medium), conditions);
  };

  /** What is too large, or has no room, is refused before a byte of it is taken. */
  const admit = async ({ actor, caller }: { actor: Actor; caller: Caller }, announced = 0) => {
    await places.take(actor.tenant.tenantNo, actor.participantNo, caller);
    const least = announced - FORM_BYTES;
    if (least > parts.maxBytes) {
      const message = `The file is larger than ${parts.maxBytes} bytes.`;
      throw new StairwellError("SW_CONTENT_TOO_LARGE", { message, details: { max_bytes: parts.maxBytes } });
    }
    const most = actor.tenant.limits.max_storage_bytes;
    if (most !== null && (await storageOf(db, actor.tenant.tenantNo)) + Math.max(0, least) > most) {
      throw storageFull(most);
    }
    return { most: parts.maxBytes, tooLarge: "SW_CONTENT_TOO_LARGE" as const };
  };

  /** A link is worth what its maker may: it ends with their right to read. */
  const follow = async (text: string): Promise<{ tenant: Tenant; medium: Medium }> => {
    const link = links.read(text, clock.now());
    if (link === undefined) throw new StairwellError("SW_MEDIA_NOT_FOUND");
    return db.snapshot(async (reader) => {
      const tenant = await findTenant(reader, link.tenantNo);
      const maker = await findByNo(reader, link.tenantNo, link.participantNo);
      if (tenant?.suspendedAt !== null || maker?.deactivatedAt !== null) throw new StairwellError("SW_MEDIA_NOT_FOUND");
      return { tenant, medium: await accessMedium(reader, link, clock.now(), link.mediaId) };
    });
  };

  return [
    upload(
      routes.uploadMedia,
      admit,
      ({ actor, caller, file, form }, receipt) =>
        places.during(caller, () => uploadFile(parts, actor, receipt, { file, roomId: form.room_id })),
      ({ actor }, { ref }) => view(actor, ref.media_id),
    ),
    reply(routes.getMedia, ({ actor, params }) => view(actor, params.media_id)),
    bytes(routes.downloadMedia, async ({ actor, params, conditions }) => {
      const medium = await accessMedium(db, who(actor), clock.now(), params.media_id);
      return send(actor.tenant, medium, conditions);
    }),
    bytes(routes.downloadThumbnail, async ({ actor, params, conditions }) => {
      const whole = await accessMedium(db, who(actor), clock.now(), params.media_id);
      // Whether there is one is not known before.
      if (!isHeld(whole)) await fetches.held(actor.tenant, whole);
      return send(actor.tenant, await accessThumbnail(db, who(actor), clock.now(), params.media_id), conditions);
    }),
    reply(routes.signMedia, async ({ actor, params }) => {
      const { mediaId } = await accessMedium(db, who(actor), clock.now(), params.media_id);
      const expiresAt = clock.now() + LINK_MS;
      const link = links.make({ ...who(actor), mediaId, expiresAt });
      const url = `${parts.publicUrl?.replace(/\/+$/, "") ?? ""}${routes.followLink.path}?link=${link}`;
      return { data: { url, expires_at: wireTime(expiresAt) } };
    }),
    bytes(routes.followLink, async ({ query, conditions }) => {
      const { tenant, medium } = await follow(query.link);
      return send(tenant, medium, conditions);
    }),
  ];
}

function headersOf(medium: Medium): Record<string, string> {
  // What it is said to be elsewhere is nothing to show it by.
  const shown = isHeld(medium) ? medium : { ...medium, mimeType: "application/octet-stream" };
  return contentHeaders(shown, dispositionOf(isShown(shown.mimeType) ? "inline" : "attachment", shown.name));
}
