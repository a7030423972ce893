import { descriptorText, signedDescriptorText } from "@stairwell/protocol/signing";
import type { Reader } from "../../db/index.ts";
import { findSigningKey, listKeys, signWith, type Tenant } from "../../tenants/index.ts";
import manifest from "../../../package.json" with { type: "json" };

const SOFTWARE = { name: "stairwell", version: manifest.version };

/** A tenant's descriptor: every key it ever had, signed by the one in use (FD1). `now`: Unix milliseconds. */
export async function describeTenant(
  reader: Reader,
  { tenantNo, serverName }: Pick<Tenant, "tenantNo" | "serverName">,
  now: number,
): Promise<string> {
  const keys = await listKeys(reader, tenantNo);
  const key = await findSigningKey(reader, tenantNo, now);
  if (key === undefined) throw new Error("a tenant without a signing key");
  const signed = signedDescriptorText({ serverName, software: SOFTWARE, keyId: key.keyId, keys });
  return descriptorText(signed, key.keyId, signWith(key, signed));
}
