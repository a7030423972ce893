import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";
import { tenantLines } from "./tenant-lines.ts";

export function defineTenantUnsuspend(parent: Command, acting: Acting): void {
  const command = parent.command("unsuspend <slug>").description("Let a suspended tenant in again.");
  addFolderOptions(command);
  withExamples(command, "stairwell tenant unsuspend acme");
  command.action(
    acting(async ({ output }, slug: string, options: FolderOptions) => {
      const tenant = await withControl(options, (control) => control.run("tenant.unsuspend", { slug }));
      output.data(tenant, () => tenantLines(tenant));
    }),
  );
}
