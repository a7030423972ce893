import { bundles as routes } from "@stairwell/protocol/api";
import { bytes, type Endpoint } from "../http/endpoint.ts";
import { type ExportParts, exportRoom } from "./export-room.ts";

export type { ExportParts };

export function exportRoutes(parts: ExportParts): Endpoint[] {
  return [
    bytes(routes.exportRoom, async ({ actor, credential, params }) => {
      const made = await exportRoom(parts, { actor, credential }, params.room_id);
      return {
        status: 200,
        headers: {
          "content-type": "application/zip",
          "content-disposition": `attachment; filename="${made.fileName}"`,
          "cache-control": "no-store",
          "x-stairwell-events": made.events,
          "x-stairwell-media-bytes": made.mediaBytes,
        },
        open: async () => made.open(),
        discard: () => made.discard(),
      };
    }),
  ];
}
