import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";
import { linkFor } from "./admin-link.ts";
import { tenantLines } from "./tenant-lines.ts";

interface Options extends FolderOptions {
  slug?: string;
  serverName: string;
  name?: string;
  limits: boolean;
}

export function defineTenantCreate(parent: Command, acting: Acting): void {
  const command = parent
    .command("create [slug]")
    .description(
      "Make a tenant, with its signing key and a link for its first admin. The slug and the server name are for ever. " +
        "Without a web client, send the code at the link's end to POST /v1/auth/admin-link.",
    )
    .option("--slug <slug>", "its short name: a-z, 0-9 and -")
    .requiredOption("--server-name <name>", "its DNS name, with a port where it is not 443")
    .option("--name <name>", "what people call it; the slug unless given")
    .option("--no-limits", "bound nothing, for benchmarks and replays");
  addFolderOptions(command);
  withExamples(command, 'stairwell tenant create acme --server-name rooms.acme.example --name "Acme Inc."');
  command.action(
    acting(async ({ output }, argument: string | undefined, options: Options) => {
      const slug = argument ?? options.slug;
      if (slug === undefined) throw new UsageError("name the tenant: stairwell tenant create SLUG --server-name NAME");
      if (options.slug !== undefined && options.slug !== slug) throw new UsageError("two different slugs are given");
      const { serverName: server_name, name, limits } = options;
      const input = { slug, server_name, no_limits: !limits, ...(name !== undefined && { name }) };
      const made = await withControl(options, (control) => control.run("tenant.create", input), { create: true });
      const link = await linkFor(options, made.admin_link);
      output.data({ ...made, admin_link: link }, () => [
        ...tenantLines(made),
        `Its first admin opens this link, once, within 24 hours: ${link.url}`,
      ]);
    }),
  );
}
