import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";
import { tenantLines } from "./tenant-lines.ts";

export function defineTenantSuspend(parent: Command, acting: Acting): void {
  const command = parent
    .command("suspend <slug>")
    .description("Suspend a tenant: its people and their tokens stop working within a second. Nothing is deleted.");
  addFolderOptions(command);
  withExamples(command, "stairwell tenant suspend acme");
  command.action(
    acting(async ({ output }, slug: string, options: FolderOptions) => {
      const tenant = await withControl(options, (control) => control.run("tenant.suspend", { slug }));
      output.data(tenant, () => tenantLines(tenant));
    }),
  );
}
