import { auth, directory, participants } from "@stairwell/protocol/api";
import type { ActorCache } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import type { Cursors } from "../lib/cursor.ts";
import { pageMeta } from "../lib/page.ts";
import { perform } from "../receipts/index.ts";
import { callerOf, findCaller } from "./caller.ts";
import type { MakePersonalWorkspace } from "./create-participant.ts";
import type { DirectoryPlace } from "./listing.store.ts";
import { listParticipants } from "./list-participants.ts";
import { meView, preferencesView, summaryView } from "./participants.view.ts";
import { updatePreferences } from "./preferences.ts";
import { register } from "./register.ts";
import { updateMe } from "./update-me.ts";

const USUAL_LIMIT = 50;

/** The calls about oneself, and the directory of people. */
export function participantRoutes(parts: {
  db: Db;
  cursors: Cursors;
  actors: ActorCache;
  makePersonalWorkspace: MakePersonalWorkspace;
}): Endpoint[] {
  const { db, cursors, actors, makePersonalWorkspace } = parts;
  return [
    reply(participants.getMe, async ({ actor }) => ({
      data: meView(await findCaller(db, callerOf(actor)), actor.tenant),
    })),

    reply(participants.updateMe, async ({ actor, body }) => {
      const caller = callerOf(actor);
      const profile = { displayName: body.display_name, avatarUrl: body.avatar_url };
      const me = await db.write(actor.tenant, async (tx) => {
        tx.afterCommit(() => actors.forgetParticipant(caller.tenantNo, caller.participantNo));
        return updateMe(tx, caller, profile);
      });
      return { data: meView(me, actor.tenant) };
    }),

    reply(participants.getPreferences, async ({ actor }) => ({
      data: preferencesView(await findCaller(db, callerOf(actor))),
    })),

    reply(participants.updatePreferences, async ({ actor, body }) => {
      const { default_mode: defaultMode, locale, timezone, auto_join: autoJoin } = body;
      const wanted = { defaultMode, locale, timezone, autoJoin };
      const caller = callerOf(actor);
      const me = await db.write(actor.tenant, (tx) => {
        tx.afterCommit(() => actors.forgetParticipant(caller.tenantNo, caller.participantNo));
        return updatePreferences(tx, caller, wanted);
      });
      return { data: preferencesView(me) };
    }),

    command(
      auth.register,
      ({ actor, body }, receipt) =>
        perform(db, actor.tenant, receipt, async (tx) => {
          const wanted = { displayName: body?.display_name };
          return { status: await register(tx, makePersonalWorkspace, callerOf(actor), wanted), ref: {} };
        }),
      async ({ actor }) => ({ data: meView(await findCaller(db, callerOf(actor)), actor.tenant) }),
    ),

    reply(directory.listParticipants, async ({ actor, query }) => {
      const { limit = USUAL_LIMIT, cursor, ...filters } = query;
      const { tenantNo, participantNo } = callerOf(actor);
      const scope = { tenantNo, participantNo, operation: directory.listParticipants.operationId, filters };
      const after = cursor === undefined ? undefined : (cursors.decode(scope, cursor) as unknown as DirectoryPlace);
      const page = await listParticipants(db, tenantNo, { ...filters, viewerNo: participantNo }, after, limit);
      return { data: page.people.map(summaryView), meta: pageMeta(cursors, scope, page) };
    }),
  ];
}
