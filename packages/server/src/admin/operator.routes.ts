import { invalid, StairwellError, type TenantId } from "@stairwell/protocol";
import { type DataOf, operator as routes } from "@stairwell/protocol/api";
import type { ActorCache } from "../auth/index.ts";
import type { Db, Reader } from "../db/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import { wireTime, wireTimeOrNull } from "../lib/clock.ts";
import type { Cursors } from "../lib/cursor.ts";
import { perform } from "../receipts/index.ts";
import {
  createTenant,
  DEFAULT_LIMITS,
  findTenantById,
  listTenantsAfter,
  type Tenant,
  type TenantLimits,
  updateTenant,
} from "../tenants/index.ts";
import { type AdminLink, adminLinkUrl, makeAdminLink } from "./make-admin-link.ts";

const USUAL_LIMIT = 50;
/** The operator is of no tenant. */
const NO_TENANT = { tenantNo: 0, participantNo: 0 };

/** A new tenant, as an answer refers to it: the code of the link is sealed for a repeat, and kept nowhere else. */
interface TenantRef {
  tenantId: TenantId;
  expiresAt: number;
  sealed?: string;
}

/** Tenants and their limits, for whoever runs the deployment. */
export function operatorRoutes({
  db,
  cursors,
  actors,
  publicUrl,
}: {
  db: Db;
  cursors: Cursors;
  actors: ActorCache;
  /** Where the server is reached from outside; null when nobody said. */
  publicUrl: string | null;
}): Endpoint[] {
  const changed = (tenantNo: number): void => actors.forgetTenant(tenantNo);

  return [
    reply(routes.listTenants, async ({ query: { limit = USUAL_LIMIT, cursor } }) => {
      const scope = { ...NO_TENANT, operation: routes.listTenants.operationId, filters: {} };
      const [after] = cursor === undefined ? [""] : (cursors.decode(scope, cursor) as [string]);
      const found = await listTenantsAfter(db, after, limit + 1);
      const page = found.slice(0, limit);
      const hasMore = found.length > limit;
      const next_cursor = hasMore ? cursors.encode(scope, [page.at(-1)!.slug]) : null;
      return { data: page.map(tenantView), meta: { has_more: hasMore, next_cursor } };
    }),

    command(
      routes.createTenant,
      ({ body }, receipt) =>
        perform(db, "deployment", receipt, async (tx) => {
          const { slug, server_name: serverName, name } = body;
          const limits = { ...DEFAULT_LIMITS, ...body.limits } as TenantLimits;
          const made = await createTenant(tx, { slug, serverName, name, limits });
          if ("taken" in made) throw invalid(`/${made.taken}`, "is another tenant's");
          const link = await makeAdminLink(tx, made.tenant, null);
          const ref: TenantRef = { tenantId: made.tenant.tenantId, expiresAt: link.expiresAt };
          if (receipt !== undefined) ref.sealed = receipt.seal(link.code);
          return { status: 201 as const, ref, code: link.code };
        }),
      async (_, { ref, code }, receipt) => {
        const tenant = await accessTenant(db, ref.tenantId);
        const link = { code: code ?? receipt!.unseal(ref.sealed!), expiresAt: ref.expiresAt };
        return { data: { ...tenantView(tenant), admin_link: linkView(publicUrl, link) } };
      },
    ),

    reply(routes.getTenant, async ({ params }) => ({ data: tenantView(await accessTenant(db, params.tenant_id)) })),

    reply(routes.updateTenant, async ({ params, body }) => {
      const tenant = await db.write("deployment", async (tx) =>
        updateTenant(tx, changed, await accessTenant(tx, params.tenant_id), body),
      );
      return { data: tenantView(tenant) };
    }),
  ];
}

async function accessTenant(reader: Reader, tenantId: string): Promise<Tenant> {
  const found = await findTenantById(reader, tenantId);
  if (found === undefined) throw new StairwellError("SW_TENANT_NOT_FOUND");
  return found;
}

function tenantView(tenant: Tenant): DataOf<typeof routes.getTenant> {
  return {
    id: tenant.tenantId,
    slug: tenant.slug,
    name: tenant.name,
    server_name: tenant.serverName,
    limits: tenant.limits,
    suspended_at: wireTimeOrNull(tenant.suspendedAt),
  };
}

function linkView(publicUrl: string | null, { code, expiresAt }: AdminLink) {
  return { code, url: adminLinkUrl(publicUrl, code), expires_at: wireTime(expiresAt) };
}
