import { StairwellError } from "@stairwell/protocol";
import { admin as routes } from "@stairwell/protocol/api";
import { managedRoomView } from "../../admin/index.ts";
import type { Actor } from "../../auth/index.ts";
import type { Db } from "../../db/index.ts";
import { command, type Endpoint, reply } from "../../http/endpoint.ts";
import { memberViews } from "../../members/index.ts";
import { findByNo, type Identities } from "../../participants/index.ts";
import { perform } from "../../receipts/index.ts";
import { findMember, findRoom } from "../../state/index.ts";
import { federateRoom, type FederateParts } from "./federate-room.ts";
import { inviteFromElsewhere, type InviteParts } from "./invite-from-elsewhere.ts";
import { peerViews } from "./peers.view.ts";
import type { Fetched } from "../replica/fetch-history.ts";

export interface SharingRouteParts extends InviteParts, FederateParts {
  readonly db: Db;
  readonly identities: Identities;
  /** As `fetchHistory`. */
  readonly fetchHistory: (actor: Actor, roomId: string, limit: number) => Promise<Fetched>;
}

/** Events fetched at a time, unless said otherwise. */
const USUAL_LIMIT = 100;

/** What a tenant's administrators do about rooms and other servers. */
export function sharingRoutes(parts: SharingRouteParts): Endpoint[] {
  const { db, clock, identities } = parts;
  return [
    reply(routes.listFederationPeers, ({ actor }) =>
      db.snapshot(async (reader) => ({ data: await peerViews(reader, actor.tenant.tenantNo) })),
    ),
    reply(routes.federateRoom, async ({ actor, params, body }) => {
      await federateRoom(parts, actor, params.room_id, body.enabled);
      return db.snapshot(async (reader) => {
        const stored = await findRoom(reader, actor.tenant.tenantNo, params.room_id);
        if (stored === undefined) throw new StairwellError("SW_ROOM_NOT_FOUND");
        return { data: await managedRoomView(reader, identities, stored) };
      });
    }),
    command(
      routes.inviteFederated,
      ({ actor, params, body }, receipt) => inviteFromElsewhere(parts, actor, receipt, params.room_id, body),
      ({ actor }, { ref }) =>
        db.snapshot(async (reader) => {
          const at = (await findRoom(reader, actor.tenant.tenantNo, ref.room_id))!;
          const member = await findMember(reader, at, ref.participant_no);
          const person = (await findByNo(reader, actor.tenant.tenantNo, ref.participant_no))!;
          const view = { reader, identities, viewerNo: actor.participantNo, now: clock.now() };
          const [data] = await memberViews(view, at, [{ participantNo: ref.participant_no, member, person }]);
          return { data: data! };
        }),
    ),
    command(
      routes.backfillRoom,
      async ({ actor, params, body }, receipt) => {
        const ref = await parts.fetchHistory(actor, params.room_id, body.limit ?? USUAL_LIMIT);
        return perform(db, actor.tenant, receipt, async () => ({ status: 200, ref }));
      },
      async (_, { ref }) => ({ data: ref }),
    ),
  ];
}
