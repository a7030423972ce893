import type { BundleLimits } from "@stairwell/protocol/bundle";
import type { Config } from "./schema.ts";

/** What a bundle may be, by the settings in force (BU16). */
export function bundleLimitsOf({ bundles }: Pick<Config, "bundles">): BundleLimits {
  return {
    bytes: bundles.max_bytes,
    entries: bundles.max_entries,
    manifestBytes: bundles.max_manifest_bytes,
    listBytes: bundles.max_list_bytes,
    expansion: bundles.max_expansion,
  };
}
