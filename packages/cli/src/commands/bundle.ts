import type { Command } from "commander";
import type { Acting } from "../command.ts";
import { defineBundleVerify } from "./bundle-verify.ts";

export function define(command: Command, acting: Acting): void {
  defineBundleVerify(command, acting);
}
