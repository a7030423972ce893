import { admin as routes } from "@stairwell/protocol/api";
import type { Actor, ActorCache } from "../auth/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import type { Cursors } from "../lib/cursor.ts";
import { pageMeta } from "../lib/page.ts";
import {
  deactivate,
  type DirectoryPlace,
  listParticipants,
  type Participant,
  reactivate,
  updateParticipant,
} from "../participants/index.ts";
import { perform, type Receipt } from "../receipts/index.ts";
import { accessParticipant } from "./access-participant.ts";
import { managedView } from "./participants.view.ts";

const USUAL_LIMIT = 50;

/** People, bots and agents, as the tenant's admins see to them; how they are made is in bots.routes.ts. */
export function managedParticipantRoutes({
  db,
  cursors,
  actors,
}: {
  db: Db;
  cursors: Cursors;
  actors: ActorCache;
}): Endpoint[] {
  type Named = { actor: Actor; params: { participant_id: string } };

  const change = (
    { actor, params }: Named,
    receipt: Receipt | undefined,
    work: (tx: Tx, who: Participant) => Promise<Participant>,
  ) =>
    perform(db, actor.tenant, receipt, async (tx) => {
      await work(tx, await accessParticipant(tx, actor, params.participant_id));
      return { status: 200 as const, ref: {} };
    });

  const shown = ({ actor, params }: Named) =>
    db.snapshot(async (reader) => {
      const who = await accessParticipant(reader, actor, params.participant_id);
      return { data: await managedView(reader, actor.tenant.tenantNo, who) };
    });

  return [
    reply(routes.listManagedParticipants, async ({ actor, query }) => {
      const { limit = USUAL_LIMIT, cursor, ...filters } = query;
      const { tenantNo } = actor.tenant;
      const operation = routes.listManagedParticipants.operationId;
      const scope = { tenantNo, participantNo: actor.participantNo, operation, filters };
      const after = cursor === undefined ? undefined : (cursors.decode(scope, cursor) as unknown as DirectoryPlace);
      const filter = { ...filters, status: filters.status ?? ("any" as const) };
      const page = await listParticipants(db, tenantNo, filter, after, limit);
      const data = await db.snapshot((reader) =>
        Promise.all(page.people.map((who) => managedView(reader, tenantNo, who))),
      );
      return { data, meta: pageMeta(cursors, scope, page) };
    }),

    reply(routes.getManagedParticipant, shown),

    reply(routes.updateParticipant, async (asked) => {
      const { actor, body } = asked;
      const { display_name: displayName, roles, auto_join: autoJoin } = body;
      const wanted = { displayName, roles, autoJoin };
      await change(asked, undefined, (tx, who) =>
        updateParticipant(tx, actors, actor.tenant.tenantNo, who, wanted, actor.fqid),
      );
      return shown(asked);
    }),

    command(
      routes.deactivateParticipant,
      (asked, receipt) =>
        change(asked, receipt, (tx, who) => deactivate(tx, actors, asked.actor.tenant.tenantNo, who, asked.actor.fqid)),
      shown,
    ),

    command(
      routes.reactivateParticipant,
      (asked, receipt) =>
        change(asked, receipt, (tx, who) => reactivate(tx, actors, asked.actor.tenant, who, asked.actor.fqid)),
      shown,
    ),
  ];
}
