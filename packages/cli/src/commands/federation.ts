import type { Command } from "commander";
import type { Acting } from "../command.ts";
import { defineFederationKey } from "./federation-key.ts";
import { defineFederationPeer } from "./federation-peer.ts";

export function define(command: Command, acting: Acting): void {
  defineFederationKey(command, acting);
  defineFederationPeer(command, acting);
}
