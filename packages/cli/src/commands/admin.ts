import type { Command } from "commander";
import { defineBots } from "../admin/bots.ts";
import { defineParticipants } from "../admin/participants.ts";
import { defineRooms } from "../admin/rooms.ts";
import { defineServers } from "../admin/servers.ts";
import { defineSharing } from "../admin/sharing.ts";
import { defineTenant } from "../admin/tenant.ts";
import type { Acting } from "../command.ts";

export function define(command: Command, acting: Acting): void {
  command.description(
    "Administer a tenant through the API of its server, from wherever that is reached, with the token of an admin in " +
      "STAIRWELL_TOKEN or a --token-file.",
  );
  defineTenant(command, acting);
  defineParticipants(command, acting);
  defineBots(command, acting);
  defineRooms(command, acting);
  defineServers(command, acting);
  defineSharing(command, acting);
}
