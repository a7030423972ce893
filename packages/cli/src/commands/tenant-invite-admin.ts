import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";
import { linkFor } from "./admin-link.ts";

interface Options extends FolderOptions {
  as?: string;
}

export function defineTenantInviteAdmin(parent: Command, acting: Acting): void {
  const command = parent
    .command("invite-admin <slug>")
    .description(
      "Print a link that makes somebody an admin of a tenant, once, within 24 hours. " +
        "Without a web client, send the code at its end to POST /v1/auth/admin-link.",
    )
    .option("--as <local-id>", "for this person alone; else whoever opens it chooses a new local id");
  addFolderOptions(command);
  withExamples(command, "stairwell tenant invite-admin acme", "stairwell tenant invite-admin acme --as alice");
  command.action(
    acting(async ({ output }, slug: string, options: Options) => {
      const input = options.as === undefined ? { slug } : { slug, local_id: options.as };
      const made = await withControl(options, (control) => control.run("tenant.invite-admin", input));
      const link = await linkFor(options, made);
      output.message(`Whoever opens this link becomes an admin of ${slug}; it is shown this once:`);
      output.data(link, () => [link.url]);
    }),
  );
}
