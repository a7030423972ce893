import type { SchemaState } from "@stairwell/server";
import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { counted } from "../figures.ts";
import { addFolderOptions, type FolderOptions, storePlaceOf } from "../folder-options.ts";

interface Options extends FolderOptions {
  dryRun?: true;
}

export function define(command: Command, acting: Acting): void {
  command
    .description(
      "Say which schema version a store has, and bring it up to date without serving. Every start of a server does the " +
        "same. There is no way back but a backup: make one first.",
    )
    .option("--dry-run", "say what would be run, and change nothing; a server may run");
  addFolderOptions(command);
  withExamples(
    command,
    "stairwell migrate --dry-run --data /var/lib/stairwell",
    "stairwell migrate --data /var/lib/stairwell",
    "stairwell migrate --config /etc/stairwell/scale.toml",
  );
  command.action(
    acting(async ({ output }, options: Options) => {
      const { bringUpToDate, ControlError, hasStore, systemClock, schemaStateAt } = await import("@stairwell/server");
      const place = await storePlaceOf(options);
      if (place.url === undefined && !hasStore(place.folder))
        throw new ControlError("not_found", `There is no store in ${place.folder}; name it with --data.`);
      const before = await schemaStateAt(place);
      if (place.url !== undefined && before.version === 0) {
        throw new ControlError(
          "not_found",
          "There is no store in the database yet; 'stairwell tenant create' makes one.",
        );
      }
      if (before.version > before.newest) throw new ControlError("failed", tooNew(before));
      const isDry = options.dryRun === true || before.pending.length === 0;
      if (!isDry) await bringUpToDate(place, () => systemClock.now());
      const version = isDry ? before.version : before.newest;
      const report = {
        before: before.version,
        version,
        newest: before.newest,
        [isDry ? "pending" : "ran"]: before.pending,
      };
      output.data(report, () => [said(before, isDry)]);
    }),
  );
}

function said({ version, newest, pending }: SchemaState, isDry: boolean): string {
  if (pending.length === 0) return `Schema version ${version}: up to date.`;
  const names = pending.join(", ");
  if (isDry) return `Schema version ${version}: ${counted(pending.length, "migration")} to ${newest} to run: ${names}.`;
  return `Schema version ${newest}, from ${version}: ran ${names}.`;
}

function tooNew({ version, newest }: SchemaState): string {
  return `The store has schema version ${version}, this program knows ${newest}: use the newer program; nothing was changed.`;
}
