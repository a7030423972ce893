import type { Command } from "commander";
import type { Acting } from "../command.ts";
import { defineParticipantCreate } from "./participant-create.ts";
import { defineParticipantStanding } from "./participant-standing.ts";

export function define(command: Command, acting: Acting): void {
  defineParticipantCreate(command, acting);
  defineParticipantStanding(command, acting);
}
