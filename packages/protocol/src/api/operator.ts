import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { SomeLimits, TenantLimits } from "./admin-tenant.ts";
import { route } from "./route.ts";
import { Cursor, Id, Limit, Nullable, PageMeta, strict, Timestamp } from "./shapes.ts";

const tag = "operator";
const base = "/v1/operator/tenants";

/** A tenant as the operator sees it. */
export const Tenant = Type.Object({
  id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  server_name: Type.String(),
  limits: TenantLimits,
  suspended_at: Nullable(Timestamp),
});

/** What makes somebody an admin of the tenant, once. */
const AdminLink = Type.Object({
  code: Type.String({
    description: "For `POST /v1/auth/admin-link`. Shown in this answer and never again.",
    examples: ["swl_shown-once-and-never-again"],
  }),
  url: Type.String({
    description: "The same as a link into the web client; a path where the server knows no address.",
  }),
  expires_at: Timestamp,
});

const Changes = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 4 * LIMITS.nameLength })),
  limits: Type.Optional(SomeLimits),
};

export const listTenants = route({
  operationId: "listTenants",
  method: "GET",
  path: base,
  tag,
  summary: "List the tenants, by slug",
  access: "operator",
  query: Type.Object({ limit: Type.Optional(Limit(200, 50)), cursor: Type.Optional(Cursor) }, strict),
  statuses: [200],
  data: Type.Array(Tenant),
  meta: PageMeta,
  errors: [],
});

export const createTenant = route({
  operationId: "createTenant",
  method: "POST",
  path: base,
  tag,
  summary: "Make a tenant, with a one-time link for its first admin",
  description: "The slug and the server name are for ever; those of another tenant are refused.",
  access: "operator",
  body: Type.Object(
    {
      slug: Type.String({ minLength: 1, maxLength: 63 }),
      server_name: Type.String({ minLength: 1, maxLength: 260 }),
      ...Changes,
    },
    strict,
  ),
  statuses: [201],
  data: Type.Object({ ...Tenant.properties, admin_link: AdminLink }),
  errors: [],
});

const params = Type.Object({ tenant_id: Id }, strict);

export const getTenant = route({
  operationId: "getTenant",
  method: "GET",
  path: `${base}/{tenant_id}`,
  tag,
  summary: "One tenant",
  access: "operator",
  params,
  statuses: [200],
  data: Tenant,
  errors: ["SW_TENANT_NOT_FOUND"],
});

export const updateTenant = route({
  operationId: "updateTenant",
  method: "PATCH",
  path: `${base}/{tenant_id}`,
  tag,
  summary: "Change a tenant's name or limits, suspend it, or let it in again",
  description:
    "Limits that are not named stay. A suspended tenant's credentials and streams end within a second; nothing of it " +
    "is deleted.",
  access: "operator",
  params,
  body: Type.Object({ ...Changes, suspended: Type.Optional(Type.Boolean()) }, strict),
  statuses: [200],
  data: Tenant,
  errors: ["SW_TENANT_NOT_FOUND"],
});
