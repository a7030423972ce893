import type { VerifyProgress } from "@stairwell/server";
import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { ProgressBar } from "../progress.ts";
import { addFolderOptions, dataFolderOf, type FolderOptions } from "../folder-options.ts";

export function define(command: Command, acting: Acting): void {
  command.description(
    "Check that the fold of every room's log equals its rows, that its chain is whole, and every file by its hash. Reads only; a server may run.",
  );
  addFolderOptions(command);
  withExamples(command, "stairwell verify --data /var/lib/stairwell");
  command.action(
    acting(async ({ output, exitCode }, options: FolderOptions) => {
      const { blobStoreOf, ControlError, hasStore, openSqliteReader, verify } = await import("@stairwell/server");
      const folder = await dataFolderOf(options);
      if (!hasStore(folder)) throw new ControlError("not_found", `There is no store in ${folder}.`);
      const store = openSqliteReader(folder);
      const bar = new ProgressBar(output);
      try {
        const show = ({ rooms, rooms_total }: VerifyProgress): void => bar.show(rooms, rooms_total, "rooms");
        const report = await verify(store, show, blobStoreOf(folder));
        bar.end();
        output.data(report, () => [
          ...report.findings.map(({ roomId, position, problem }) =>
            [roomId, position, problem].filter((part) => part !== "" && part !== null).join(" "),
          ),
          `${report.rooms} rooms, ${report.events} events: ${report.ok ? "all is well" : `${report.finding_count} faults`}`,
        ]);
        if (!report.ok) exitCode(EXIT.failed);
      } finally {
        await store.close();
      }
    }),
  );
}
