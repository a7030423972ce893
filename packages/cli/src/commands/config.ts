import type { Command } from "commander";
import type { Acting } from "../command.ts";
import { defineConfigCheck } from "./config-check.ts";
import { defineConfigPrint } from "./config-print.ts";

export function define(command: Command, acting: Acting): void {
  defineConfigPrint(command, acting);
  defineConfigCheck(command, acting);
}
