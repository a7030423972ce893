import { Type } from "@stairwell/protocol/schema";
import { StairwellError } from "@stairwell/protocol";
import type { Reader } from "../db/index.ts";
import {
  createTenant,
  DEFAULT_LIMITS,
  findTenantBySlug,
  listTenants,
  NO_LIMITS,
  suspendTenant,
  type Tenant,
  type TenantLimits,
} from "../tenants/index.ts";
import { ControlError } from "./control-error.ts";
import { type ControlParts, operation } from "./operation.ts";

/** A tenant as the operator sees it. */
export interface TenantInfo {
  id: string;
  slug: string;
  name: string;
  server_name: string;
  suspended: boolean;
  limits: TenantLimits;
}

const BySlug = Type.Object({ slug: Type.String() });

/** Makes a tenant; a conflict when its slug or server name is taken. */
export const tenantCreate = operation({
  input: Type.Object({
    slug: Type.String(),
    server_name: Type.String(),
    name: Type.Optional(Type.String()),
    no_limits: Type.Optional(Type.Boolean()),
  }),
  async run({ db }, input): Promise<TenantInfo> {
    const limits = input.no_limits === true ? NO_LIMITS : DEFAULT_LIMITS;
    const wanted = { slug: input.slug, serverName: input.server_name, name: input.name, limits };
    const made = await db.write((tx) => createTenant(tx, wanted));
    if ("tenant" in made) return tenantInfo(made.tenant);
    const what = made.taken === "slug" ? `slug ${input.slug}` : `server name ${input.server_name}`;
    throw new ControlError("conflict", `Another tenant has the ${what}.`);
  },
});

export const tenantList = operation({
  input: Type.Object({}),
  run: async ({ db }): Promise<TenantInfo[]> => (await listTenants(db)).map(tenantInfo),
});

/** Its people and their credentials stop working at once; of a suspended tenant it changes nothing. */
export const tenantSuspend = operation({
  input: BySlug,
  run: (parts, { slug }) => setSuspended(parts, slug, true),
});

export const tenantUnsuspend = operation({
  input: BySlug,
  run: (parts, { slug }) => setSuspended(parts, slug, false),
});

/** The tenant of an operation that names one. */
export async function requireTenant(reader: Reader, slug: string): Promise<Tenant> {
  const tenant = await findTenantBySlug(reader, slug);
  if (tenant === undefined) throw new StairwellError("SW_TENANT_NOT_FOUND");
  return tenant;
}

async function setSuspended({ db, actors }: ControlParts, slug: string, suspended: boolean): Promise<TenantInfo> {
  const forget = (tenantNo: number): void => actors.forgetTenant(tenantNo);
  return tenantInfo(await db.write((tx) => suspendTenant(tx, forget, slug, suspended)));
}

function tenantInfo(tenant: Tenant): TenantInfo {
  return {
    id: tenant.tenantId,
    slug: tenant.slug,
    name: tenant.name,
    server_name: tenant.serverName,
    suspended: tenant.suspendedAt !== null,
    limits: tenant.limits,
  };
}
