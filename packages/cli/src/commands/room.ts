import type { Command } from "commander";
import type { Acting } from "../command.ts";
import { defineRoomDm } from "./room-dm.ts";
import { defineRoomExport } from "./room-export.ts";
import { defineRoomImport } from "./room-import.ts";

export function define(command: Command, acting: Acting): void {
  defineRoomDm(command, acting);
  defineRoomExport(command, acting);
  defineRoomImport(command, acting);
}
