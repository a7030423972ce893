import type { Command } from "commander";
import type { OutputOf } from "@stairwell/server";
import { type Acting, withExamples } from "../command.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";

type Keys = OutputOf<"tenant.keys">;

export function defineTenantKey(parent: Command, acting: Acting): void {
  const group = parent.command("key").description("The keys with which a tenant signs.");
  withExamples(group, "stairwell tenant key show acme");
  const command = group
    .command("show")
    .description(
      "Print the public keys of a tenant, as a file that `bundle verify --key` takes. Works with and without a running server.",
    )
    .argument("<tenant>", "its slug");
  addFolderOptions(command);
  withExamples(
    command,
    "stairwell tenant key show acme > acme.keys",
    "stairwell bundle verify kitchen-2027-01-31.zip --key acme.keys",
  );
  command.action(
    acting(async ({ output }, slug: string, options: FolderOptions) => {
      const found = await withControl(options, (control) => control.run("tenant.keys", { slug }));
      output.data(found, () => keyFile(found));
    }),
  );
}

/** One key a line; a revoked one proves nothing, and stands in the remark above it alone. */
function keyFile({ server_name, public_key: current, keys }: Keys): string[] {
  return keys.flatMap(({ key_id, public_key, valid_from, valid_until, revoked_at }) => {
    const until = valid_until === null ? "" : ` until ${valid_until}`;
    const state = public_key === current ? ", signs now" : "";
    if (revoked_at !== null) return [`# ${server_name} ${key_id}, revoked at ${revoked_at}: ${public_key}`];
    return [`# ${server_name} ${key_id}, from ${valid_from}${until}${state}`, public_key];
  });
}
