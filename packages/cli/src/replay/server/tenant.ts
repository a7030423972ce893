import type { Control, OutputOf } from "@stairwell/server";

/** The one limit that a replay, which edits nothing, cannot run into. */
const EDITS = "edit_window_seconds";

export type Tenant = OutputOf<"tenant.suspend">;

/**
 * The tenant that a replay goes into, made without limits when missing. An error when it has limits: a conversation of
 * years would run into them in a minute.
 */
export async function tenantWithoutLimits(control: Control, slug: string): Promise<Tenant> {
  const tenants = await control.run("tenant.list", {});
  const known = tenants.find((tenant) => tenant.slug === slug);
  if (known === undefined) {
    return control.run("tenant.create", { slug, server_name: `${slug}.localhost`, name: slug, no_limits: true });
  }
  const bounds = Object.entries(known.limits)
    .filter(([name, limit]) => limit !== null && name !== EDITS)
    .map(([name]) => name);
  if (bounds.length > 0) {
    throw new Error(
      `the tenant ${slug} has limits (${bounds.join(", ")}) and a replay needs one without: name another, which is made so`,
    );
  }
  return known;
}
