import type { Command } from "commander";
import type { Acting } from "../command.ts";
import { defineTokenCreate } from "./token-create.ts";

export function define(command: Command, acting: Acting): void {
  defineTokenCreate(command, acting);
}
