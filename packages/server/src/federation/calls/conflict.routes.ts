import { StairwellError } from "@stairwell/protocol";
import { admin as routes, type DataOf } from "@stairwell/protocol/api";
import type { Actor } from "../../auth/index.ts";
import type { Db, Reader } from "../../db/index.ts";
import { command, type Endpoint, reply } from "../../http/endpoint.ts";
import { findRoom } from "../../state/index.ts";
import { findReplica } from "../rows/replicas.store.ts";

export interface ConflictRouteParts {
  readonly db: Db;
  /** As `chooseBranch`. */
  readonly chooseBranch: (actor: Actor, roomId: string, headHash: string) => Promise<void>;
}

/** What administrators see, and do, of a room whose server has said two things (FD17). */
export function conflictRoutes({ db, chooseBranch }: ConflictRouteParts): Endpoint[] {
  const view = (tenantNo: number, roomId: string) =>
    db.snapshot(async (reader) => ({ data: await conflictView(reader, tenantNo, roomId) }));
  return [
    reply(routes.getConflict, ({ actor, params }) => view(actor.tenant.tenantNo, params.room_id)),
    command(
      routes.chooseBranch,
      async ({ actor, params, body }) => {
        await chooseBranch(actor, params.room_id, body.choose);
        return { status: 200 as const, ref: { room_id: params.room_id } };
      },
      ({ actor }, { ref }) => view(actor.tenant.tenantNo, ref.room_id),
    ),
  ];
}

async function conflictView(
  reader: Reader,
  tenantNo: number,
  roomId: string,
): Promise<DataOf<typeof routes.getConflict>> {
  const stored = await findRoom(reader, tenantNo, roomId);
  const replica = stored && (await findReplica(reader, stored));
  if (stored === undefined) throw new StairwellError("SW_ROOM_NOT_FOUND");
  if (replica === undefined) {
    const message = "This server orders the room itself: there is one log of it, and no conflict.";
    throw new StairwellError("SW_ROOM_NOT_FOUND", { message });
  }
  const branches = replica.proofs.map(({ position, hash, head, events, chosen }, i) => ({
    position,
    hash,
    is_here: i === 0,
    chosen: chosen === true,
    head,
    events: events.map((event) => ({ ...event })),
  }));
  return { room_id: stored.roomId, state: replica.state, branches };
}
