import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { table } from "../output.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";
import { stateOf } from "./tenant-lines.ts";

export function defineTenantList(parent: Command, acting: Acting): void {
  const command = parent.command("list").description("List the tenants.");
  addFolderOptions(command);
  withExamples(command, "stairwell tenant list --json");
  command.action(
    acting(async ({ output }, options: FolderOptions) => {
      const tenants = await withControl(options, (control) => control.run("tenant.list", {}));
      const rows = tenants.map((one) => [one.slug, one.server_name, stateOf(one), one.name]);
      output.data(tenants, () => table(["TENANT", "SERVER NAME", "STATE", "NAME"], rows));
    }),
  );
}
