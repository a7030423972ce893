import { Readable } from "node:stream";
import { StairwellError } from "@stairwell/protocol";
import type { Route } from "@stairwell/protocol/api";
import { Type } from "typebox";
import type { Db } from "../../src/db/index.ts";
import { bytes, type Endpoint, upload } from "../../src/http/endpoint.ts";
import { select } from "../../src/http/ranges.ts";
import { perform } from "../../src/receipts/index.ts";

const route = <const R extends Route>(r: R): R => r;
const strict = { additionalProperties: false } as const;
const shared = { tag: "notes", summary: "made up", errors: [] } as const;

const putFile = route({
  ...shared,
  operationId: "putFile",
  method: "POST",
  path: "/v1/files",
  access: "write",
  form: Type.Object({ label: Type.Optional(Type.String({ minLength: 1 })) }, strict),
  statuses: [201],
  data: Type.Object({ size: Type.Integer(), label: Type.Union([Type.String(), Type.Null()]), name: Type.String() }),
});

const getFile = route({
  ...shared,
  operationId: "getFile",
  method: "GET",
  path: "/v1/files/{note_id}",
  access: "read",
  params: Type.Object({ note_id: Type.String() }, strict),
  bytes: "application/octet-stream",
  statuses: [200],
  data: Type.String(),
});

/** The largest file that the made-up upload takes. */
export const MOST = 100_000;

/** Calls that take and give files: the upload answers what came, the download gives ten digits. */
export function fileEndpoints(db: Db): { endpoints: Endpoint[]; received: string[] } {
  const received: string[] = [];
  const endpoints = [
    upload(
      putFile,
      ({ actor }) => {
        if (actor.localId === "bob") throw new StairwellError("SW_TENANT_CAPACITY");
        return { most: MOST, tooLarge: "SW_CONTENT_TOO_LARGE" };
      },
      ({ file, form }, receipt) =>
        perform(db, "deployment", receipt, async () => {
          if (form.label === "refused") throw new StairwellError("SW_ROOM_FROZEN");
          received.push(file.sha256);
          const ref = { size: file.size, label: form.label ?? null, name: file.name ?? "" };
          return { status: 201, ref };
        }),
      (_asked, { ref }) => ({ data: ref }),
    ),
    bytes(getFile, async ({ params, conditions }) => {
      if (params.note_id === "unknown") throw new StairwellError("SW_MEDIA_NOT_FOUND");
      const content = Buffer.from("0123456789");
      const selection = select(conditions, '"ten"', content.length);
      const range = selection.status === 206 ? selection.range : { start: 0, end: content.length - 1 };
      const part = content.subarray(range.start, range.end + 1);
      return {
        status: selection.status,
        headers: { etag: '"ten"', "content-type": "application/octet-stream", "content-length": part.length },
        ...(selection.status < 300 && {
          open: async () => (params.note_id === "broken" ? failing(part) : Readable.from([part])),
        }),
      };
    }),
  ];
  return { endpoints, received };
}

function failing(part: Buffer): Readable {
  return Readable.from(
    (async function* () {
      yield part.subarray(0, 3);
      await Promise.resolve();
      throw new Error("the disk has gone");
    })(),
  );
}
