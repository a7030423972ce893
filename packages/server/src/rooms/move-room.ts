import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import { roleIn } from "../workspaces/index.ts";
import { changeIn, type RoomChanged } from "./change-room.ts";

/**
 * Moves a room to a workspace of the same tenant (LC7); appends nothing where it is there already. Errors as `decide`
 * refuses, with `SW_WORKSPACE_NOT_FOUND` and `SW_WORKSPACE_FORBIDDEN` by the caller's role there.
 */
export function moveRoom(
  { db, log }: { db: Db; log: Log },
  actor: Actor,
  roomId: string,
  workspaceId: string,
): Promise<RoomChanged> {
  return db.write(actor.tenant, async (tx) => {
    const role = await roleIn(tx, actor.tenant.tenantNo, workspaceId, actor.participantNo);
    return changeIn(tx, log, actor, roomId, { kind: "workspace", workspaceId, role });
  });
}
