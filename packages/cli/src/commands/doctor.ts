import type { Check } from "@stairwell/server";
import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { counted } from "../figures.ts";
import { addServeOptions, type ServeOptions } from "../serve-options.ts";

export function define(command: Command, acting: Acting): void {
  command.description(
    "Look at what a server rests on, and say what to do: program, configuration, folder, disk, store, bucket, bus, " +
      "address, clock. " +
      "Give it the options that serve gets. A server may run. Exit code 1 where something keeps a server from working.",
  );
  addServeOptions(command);
  withExamples(
    command,
    "stairwell doctor --data /var/lib/stairwell",
    "stairwell doctor --config /etc/stairwell.toml --json",
  );
  command.action(
    acting(async ({ output, exitCode }, { config: file, listen, data, dev }: ServeOptions) => {
      const { examine, systemClock } = await import("@stairwell/server");
      const checks = await examine({ flags: { listen, data, dev }, file }, systemClock);
      const bad = checks.filter(({ state }) => state === "failed").length;
      output.data({ ok: bad === 0, checks }, () => [...checks.flatMap(linesOf), verdict(checks, bad)]);
      if (bad > 0) exitCode(EXIT.failed);
    }),
  );
}

function linesOf({ name, state, found, advice }: Check): string[] {
  const line = `${state.padEnd(7)}  ${name.padEnd(13)}  ${found}`;
  return advice === undefined ? [line] : [line, `${" ".repeat(24)}${advice}`];
}

function verdict(checks: readonly Check[], bad: number): string {
  const warnings = checks.filter(({ state }) => state === "warning").length;
  if (bad > 0) return `${counted(bad, "fault")} to mend before a server works here.`;
  return warnings > 0 ? `A server works here; ${counted(warnings, "thing")} could bite.` : "All is well.";
}
