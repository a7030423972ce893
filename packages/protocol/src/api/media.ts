import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { route } from "./route.ts";
import { Id, Nullable, strict, Timestamp } from "./shapes.ts";

const tag = "media";
const MediaParams = Type.Object({ media_id: Id }, strict);

/** What is known of a medium. */
export const MediaInfo = Type.Object({
  media_id: Type.String(),
  name: Type.String({ description: "As its uploader calls it; 1..255 characters, never a path." }),
  sha256: Type.String(),
  size: Type.Integer({ minimum: 0, description: "Bytes." }),
  mime_type: Type.String({
    description:
      "By its content, whatever its uploader says of it; as the sender's server says while `fetched` is false.",
  }),
  width: Nullable(Type.Integer({ description: "Pixels, as the picture is shown; null for what is no picture." })),
  height: Nullable(Type.Integer()),
  thumbnail_id: Nullable(Type.String({ description: "A small picture of it, a medium of its own; null without one." })),
  uploader_id: Type.String(),
  origin: Nullable(
    Type.String({
      description: "The server of whoever sent it, where that is another one; null for what was uploaded here.",
    }),
  ),
  fetched: Type.Boolean({
    description:
      "False until somebody here reads it for the first time, which fetches it from `origin`; until then size and thumbnail " +
      "of a picture are not known.",
  }),
  created_at: Timestamp,
});

export const uploadMedia = route({
  operationId: "uploadMedia",
  method: "POST",
  path: "/v1/media/upload",
  tag,
  summary: "Upload a file",
  description:
    "The part `file` is the file; its name is that of the part. Then name it as `content.media_id` in a message: until " +
    "then it is its uploader's alone, and after a day without any it is deleted. For an incognito room give " +
    "`room_id`: the file is encrypted with the room's key, and can be sent there and nowhere else. So many at a time " +
    "a person, 16 unless configured; what comes slower than 64 KiB a minute is cut off.",
  access: "write",
  form: Type.Object(
    {
      room_id: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: LIMITS.idLength,
          description: "The room it is for, in which the caller must be joined. Needed for incognito rooms.",
        }),
      ),
    },
    strict,
  ),
  statuses: [201],
  data: MediaInfo,
  errors: [
    "SW_ROOM_NOT_FOUND",
    "SW_ROOM_FORBIDDEN",
    "SW_ROOM_FROZEN",
    "SW_TENANT_CAPACITY",
    "SW_STORE_FULL",
    "SW_MEDIA_NOT_FOUND",
  ],
});

export const getMedia = route({
  operationId: "getMedia",
  method: "GET",
  path: "/v1/media/{media_id}/info",
  tag,
  summary: "What is known of a medium",
  description: "For its uploader, and whoever can read an event that names it (VS4).",
  access: "read",
  params: MediaParams,
  statuses: [200],
  data: MediaInfo,
  errors: ["SW_MEDIA_NOT_FOUND"],
});

/** What is of another server is fetched from there when it is first read (FD19). */
const FETCH_ERRORS = [
  "SW_MEDIA_NOT_FOUND",
  "SW_CONTENT_TOO_LARGE",
  "SW_TENANT_CAPACITY",
  "SW_STORE_FULL",
  "SW_FED_POLICY",
  "SW_FED_PEER_UNKNOWN",
  "SW_FED_PEER_UNREACHABLE",
  "SW_FED_OUTCOME_UNKNOWN",
] as const;

const downloading =
  "Ranges and `If-None-Match` are honoured; the ETag is the SHA-256 of the bytes. Whatever is no known-safe picture, sound or video comes as an attachment.";

export const downloadMedia = route({
  operationId: "downloadMedia",
  method: "GET",
  path: "/v1/media/download/{media_id}",
  tag,
  summary: "The bytes of a medium",
  description: downloading,
  access: "read",
  params: MediaParams,
  bytes: "application/octet-stream",
  statuses: [200],
  data: Type.String(),
  errors: FETCH_ERRORS,
});

export const downloadThumbnail = route({
  operationId: "downloadThumbnail",
  method: "GET",
  path: "/v1/media/download/{media_id}/thumbnail",
  tag,
  summary: "A small picture of a medium",
  description: "At most 320 pixels wide and high. Of what has none, 404.",
  access: "read",
  params: MediaParams,
  bytes: "image/webp",
  statuses: [200],
  data: Type.String(),
  errors: FETCH_ERRORS,
});

export const signMedia = route({
  operationId: "signMedia",
  method: "GET",
  path: "/v1/media/signed/{media_id}",
  tag,
  summary: "A link to a medium that needs no token",
  description: "For five minutes, and no longer than its maker can read the medium.",
  access: "read",
  params: MediaParams,
  statuses: [200],
  data: Type.Object({
    url: Type.String({ description: "A path of this server, if it does not know its public address." }),
    expires_at: Timestamp,
  }),
  errors: ["SW_MEDIA_NOT_FOUND"],
});

export const followLink = route({
  operationId: "followLink",
  method: "GET",
  path: "/v1/media/linked",
  tag,
  summary: "The bytes of a medium, by a link",
  description: `Of a link that is wrong or over, 404. ${downloading}`,
  access: "open",
  query: Type.Object(
    { link: Type.String({ minLength: 1, maxLength: 1024, description: "As the link was given." }) },
    strict,
  ),
  bytes: "application/octet-stream",
  statuses: [200],
  data: Type.String(),
  errors: FETCH_ERRORS,
});
