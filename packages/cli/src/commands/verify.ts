import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { addFolderOptions, bucketOf, type FolderOptions, storePlaceOf } from "../folder-options.ts";
import { verifyFolder, verifyLines } from "../verify-folder.ts";

export function define(command: Command, acting: Acting): void {
  command.description(
    "Check that the fold of every room's log equals its rows, that its chain is whole, and every file by its hash. Reads only; a server may run.",
  );
  addFolderOptions(command);
  withExamples(
    command,
    "stairwell verify --data /var/lib/stairwell",
    "stairwell verify --data /var/backups/stairwell/2027-01-31",
  );
  command.action(
    acting(async ({ output, exitCode }, options: FolderOptions) => {
      const { ControlError, hasStore } = await import("@stairwell/server");
      const { folder, url } = await storePlaceOf(options);
      if (url === undefined && !hasStore(folder))
        throw new ControlError("not_found", `There is no store in ${folder}; name it with --data.`);
      const report = await verifyFolder(output, folder, url, await bucketOf(options));
      output.data(report, () => verifyLines(report));
      if (!report.ok) exitCode(EXIT.failed);
    }),
  );
}
