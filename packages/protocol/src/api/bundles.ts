import { Type } from "../schema/index.ts";
import { route } from "./route.ts";
import { Id, Nullable, Room, RoomParams, strict } from "./shapes.ts";

const tag = "bundles";

export const exportRoom = route({
  operationId: "exportRoom",
  method: "GET",
  path: "/v1/rooms/{room_id}/export",
  tag,
  summary: "Export a room as one file",
  description:
    "A ZIP of what the caller can read: the room's history with its people, members and media, signed with the tenant's " +
    "key (BU1). The headers `X-Stairwell-Events` and `X-Stairwell-Media-Bytes` say how much is to come. Where something " +
    "cannot be read to its end the answer is cut off, and the ZIP is unreadable. Two at a time a participant, eight a " +
    "tenant (BU6).",
  access: "read",
  params: RoomParams,
  bytes: "application/zip",
  isMadeAnew: true,
  statuses: [200],
  data: Type.String(),
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN", "SW_ROOM_EXPORT_REFUSED"],
});

/** What a bundle had (BU18). */
export const ImportReport = Type.Object({
  events: Type.Integer(),
  by_type: Type.Unsafe<Readonly<Record<string, number>>>({
    type: "object",
    additionalProperties: { type: "integer" },
    description: "The first thousand types; all others as `*`.",
  }),
  media: Type.Integer(),
  media_bytes: Type.Integer(),
  authors: Type.Integer({ description: "How many people sent something." }),
  omitted: Type.Array(Type.Object({ what: Type.String(), reason: Type.String(), count: Type.Integer() })),
  warnings: Type.Array(Type.String()),
  signature: Type.Union([Type.Literal("verified"), Type.Literal("unverified"), Type.Literal("absent")]),
});

/** How far an import is (BU20): one step after the other. */
export const ImportProgress = Type.Object({
  step: Type.Union([Type.Literal("checking"), Type.Literal("writing_files"), Type.Literal("writing_events")], {
    description: "All of the bundle is checked before any of it is written.",
  }),
  done: Type.Integer({ description: "Events of `writing_events`; bytes, as they are unpacked, of the others." }),
  total: Type.Integer(),
});

export const importRoom = route({
  operationId: "importRoom",
  method: "POST",
  path: "/v1/rooms/import",
  tag,
  summary: "Make a room of a bundle",
  description:
    "The part `file` is the bundle. The caller becomes the creator and only member of a new room with its history, whose " +
    "authors stand in the events (BU12). All of it is checked first, and a bundle with any fault leaves nothing: " +
    "`SW_BUNDLE_INVALID` says which entry is wrong, and why. With `dry_run` nothing is made: 200, and `meta.report` " +
    "is what it would be. Two at a time a tenant (BU16). A large bundle takes a while: with `Accept: application/x-ndjson` " +
    "the answer tells how far it is (BU20).",
  access: "write",
  form: Type.Object(
    {
      workspace_id: Type.Optional(Id),
      dry_run: Type.Optional(Type.Union([Type.Literal("true"), Type.Literal("false")])),
    },
    strict,
  ),
  statuses: [201, 200],
  data: Nullable(Room),
  meta: Type.Object({ report: ImportReport }),
  progress: ImportProgress,
  errors: [
    "SW_ROOM_IMPORT_REFUSED",
    "SW_BUNDLE_INVALID",
    "SW_BUNDLE_TOO_LARGE",
    "SW_WORKSPACE_NOT_FOUND",
    "SW_WORKSPACE_FORBIDDEN",
    "SW_TENANT_CAPACITY",
    "SW_STORE_FULL",
  ],
});
