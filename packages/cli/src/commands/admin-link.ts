import type { OutputOf } from "@stairwell/server";
import type { FolderOptions } from "../folder-options.ts";

export interface AdminLink {
  code: string;
  url: string;
  expires_at: string;
}

/** A link as a whole address: that of `public_url`, or else where the server listens by this configuration. */
export async function linkFor(
  { data, config: file }: FolderOptions,
  { code, path, expires_at }: OutputOf<"tenant.invite-admin">,
): Promise<AdminLink> {
  const { loadConfig } = await import("@stairwell/server");
  const { config } = await loadConfig({ flags: { data }, file });
  const origin = config.public_url?.replace(/\/$/, "") ?? `http://${config.listen}`;
  return { code, url: origin + path, expires_at };
}
