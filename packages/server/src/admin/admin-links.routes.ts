import { auth as routes } from "@stairwell/protocol/api";
import { type ActorCache, tokenView } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import { type Endpoint, reply } from "../http/endpoint.ts";
import { type MakePersonalWorkspace, meView } from "../participants/index.ts";
import { redeemAdminLink } from "./redeem-admin-link.ts";

/** How a tenant's first admin comes in (AU10). */
export function adminLinkRoutes(parts: {
  db: Db;
  actors: ActorCache;
  makePersonalWorkspace: MakePersonalWorkspace;
}): Endpoint[] {
  return [
    reply(routes.redeemAdminLink, async ({ body }) => {
      const { code, local_id: localId, display_name: displayName } = body;
      const { tenant, who, token, record } = await parts.db.write("deployment", (tx) =>
        redeemAdminLink(tx, parts, { code, localId, displayName }),
      );
      return { data: { me: meView(who, tenant), token: { ...tokenView(record), token } } };
    }),
  ];
}
