import type { RoomId } from "@stairwell/protocol";
import { bundles as routes } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import { type Endpoint, upload } from "../http/endpoint.ts";
import { storageOf } from "../media/index.ts";
import type { Places } from "../nodes/index.ts";
import type { Identities } from "../participants/index.ts";
import { accessRoom, roomView } from "../rooms/index.ts";
import { storageFull } from "../tenants/index.ts";
import { importBundle, type ImportParts } from "./import-bundle.ts";
import { importPlaces } from "./import-places.ts";
import { bundleRefusal } from "./refusal.ts";

export interface ImportRouteParts extends ImportParts {
  identities: Identities;
  /** How many bundles come at one time is counted there. */
  places: Places;
}

export function importRoutes(parts: ImportRouteParts): Endpoint[] {
  const { db, clock, identities, limits } = parts;
  const places = importPlaces(parts.places);

  /** A tenant without room for anything more brings nothing. */
  const mustHaveRoom = async ({ tenant }: Actor): Promise<void> => {
    const most = tenant.limits.max_storage_bytes;
    if (most !== null && (await storageOf(db, tenant.tenantNo)) >= most) throw storageFull(most);
  };

  const viewOf = (actor: Actor, roomId: RoomId) =>
    db.snapshot(async (reader) => {
      const now = clock.now();
      const { stored } = await accessRoom(reader, actor, now, roomId);
      return roomView({ reader, identities, actor, now }, stored);
    });

  return [
    upload(
      routes.importRoom,
      async ({ actor, caller }) => {
        await places.take(actor.tenant.tenantNo, actor.participantNo, caller);
        await mustHaveRoom(actor);
        return { most: limits.bytes, tooLarge: "SW_BUNDLE_TOO_LARGE" as const, isPassing: true };
      },
      ({ actor, caller, file, form, onProgress }, receipt) =>
        places.during(caller, async () => {
          const input = { file, workspaceId: form.workspace_id, dryRun: form.dry_run === "true", onProgress };
          try {
            return await importBundle(parts, actor, receipt, input);
          } catch (error) {
            throw bundleRefusal(error);
          }
        }),
      async ({ actor }, { ref }) => ({
        data: ref.room_id === null ? null : await viewOf(actor, ref.room_id),
        meta: { report: ref.report },
      }),
    ),
  ];
}
