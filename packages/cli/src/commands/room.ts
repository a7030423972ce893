import type { Command } from "commander";
import type { Acting } from "../command.ts";
import { defineRoomExport } from "./room-export.ts";
import { defineRoomImport } from "./room-import.ts";

export function define(command: Command, acting: Acting): void {
  defineRoomExport(command, acting);
  defineRoomImport(command, acting);
}
