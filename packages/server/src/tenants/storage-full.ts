import { StairwellError } from "@stairwell/protocol";

/** What a tenant has no room for. `most`: bytes that it may store. */
export function storageFull(most: number): StairwellError {
  return new StairwellError("SW_TENANT_CAPACITY", { details: { max_storage_bytes: most } });
}
