import { Type } from "@stairwell/protocol/schema";
import { StairwellError } from "@stairwell/protocol";
import { SomeLimits } from "@stairwell/protocol/api";
import { type AdminLink, adminLinkUrl, makeAdminLink } from "../admin/index.ts";
import type { Reader } from "../db/index.ts";
import { systemClock, wireTime } from "../lib/clock.ts";
import {
  createTenant,
  DEFAULT_LIMITS,
  findSigningKey,
  findTenantBySlug,
  listKeys,
  listTenants,
  NO_LIMITS,
  suspendTenant,
  type Tenant,
  type TenantLimits,
  updateTenant,
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

/** A one-time link that makes somebody an admin, shown this once (AU10). */
export interface AdminLinkInfo {
  code: string;
  /** Behind the address of the server, whatever it is from outside. */
  path: string;
  expires_at: string;
}

const BySlug = Type.Object({ slug: Type.String() });

/** Makes a tenant, and a link for its first admin; a conflict when its slug or server name is taken. */
export const tenantCreate = operation({
  input: Type.Object({
    slug: Type.String(),
    server_name: Type.String(),
    name: Type.Optional(Type.String()),
    no_limits: Type.Optional(Type.Boolean()),
  }),
  async run({ db }, input): Promise<TenantInfo & { admin_link: AdminLinkInfo }> {
    const limits = input.no_limits === true ? NO_LIMITS : DEFAULT_LIMITS;
    const wanted = { slug: input.slug, serverName: input.server_name, name: input.name, limits };
    const made = await db.write("deployment", async (tx) => {
      const tried = await createTenant(tx, wanted);
      return "taken" in tried ? tried : { ...tried, link: await makeAdminLink(tx, tried.tenant, null) };
    });
    if ("tenant" in made) return { ...tenantInfo(made.tenant), admin_link: linkInfo(made.link) };
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

/** A link that makes one more admin: of the person named, or of whoever opens it as somebody new. */
export const tenantInviteAdmin = operation({
  input: Type.Object({ slug: Type.String(), local_id: Type.Optional(Type.String()) }),
  run: ({ db }, { slug, local_id }): Promise<AdminLinkInfo> =>
    db.write("deployment", async (tx) =>
      linkInfo(await makeAdminLink(tx, await requireTenant(tx, slug), local_id ?? null)),
    ),
});

/** Changes those limits that are named; shows them all. */
export const tenantLimits = operation({
  input: Type.Object({ slug: Type.String(), limits: SomeLimits }),
  run: ({ db, actors }, { slug, limits }): Promise<TenantInfo> =>
    db.write("deployment", async (tx) => {
      const forget = (tenantNo: number): void => actors.forgetTenant(tenantNo);
      return tenantInfo(await updateTenant(tx, forget, await requireTenant(tx, slug), { limits }));
    }),
});

/** A key as the tenant publishes it (FD1). */
export interface PublishedKey {
  key_id: string;
  /** `ed25519:` and the 32 bytes in base64. */
  public_key: string;
  valid_from: string;
  valid_until: string | null;
  revoked_at: string | null;
}

/** The keys with which a tenant signs and signed, the newest first; `public_key` is that of now. */
export const tenantKeys = operation({
  input: BySlug,
  run: ({ db }, { slug }) =>
    db.snapshot(async (reader) => {
      const { tenantNo, serverName } = await requireTenant(reader, slug);
      const now = await findSigningKey(reader, tenantNo, systemClock.now());
      const keys = (await listKeys(reader, tenantNo)).toReversed();
      return {
        server_name: serverName,
        public_key: now === undefined ? null : published(now.publicKey),
        keys: keys.map((key): PublishedKey => ({
          key_id: key.keyId,
          public_key: published(key.publicKey),
          valid_from: wireTime(key.validFrom),
          valid_until: key.validUntil === null ? null : wireTime(key.validUntil),
          revoked_at: key.revokedAt === null ? null : wireTime(key.revokedAt),
        })),
      };
    }),
});

function published(publicKey: string): string {
  return `ed25519:${publicKey}`;
}

/** The tenant of an operation that names one. */
export async function requireTenant(reader: Reader, slug: string): Promise<Tenant> {
  const tenant = await findTenantBySlug(reader, slug);
  if (tenant === undefined) {
    const message = `There is no such tenant as '${slug}'; 'stairwell tenant list' shows those of this store.`;
    throw new StairwellError("SW_TENANT_NOT_FOUND", { message });
  }
  return tenant;
}

async function setSuspended({ db, actors }: ControlParts, slug: string, suspended: boolean): Promise<TenantInfo> {
  const forget = (tenantNo: number): void => actors.forgetTenant(tenantNo);
  const changed = await db.write("deployment", async (tx) => {
    await requireTenant(tx, slug);
    return suspendTenant(tx, forget, slug, suspended);
  });
  return tenantInfo(changed);
}

function linkInfo({ code, expiresAt }: AdminLink): AdminLinkInfo {
  return { code, path: adminLinkUrl(null, code), expires_at: wireTime(expiresAt) };
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
