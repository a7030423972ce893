import type { Command } from "commander";
import type { OutputOf } from "@stairwell/server";
import { type Acting, withExamples } from "../command.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { fields, table } from "../output.ts";
import { vouching } from "../vouching.ts";
import { withControl } from "../with-control.ts";

interface Options extends FolderOptions {
  tenant: string;
}

type PeerInfo = OutputOf<"federation.peer.list">[number];

/** `federation peer list|trust`: the servers that a tenant knows, and by which keys. */
export function defineFederationPeer(parent: Command, acting: Acting): void {
  const command = parent.command("peer").description("The servers that a tenant knows, and the keys pinned for each.");

  withExamples(command, "stairwell federation peer list --tenant acme");

  const list = command.command("list").description("List the servers that a tenant knows.");
  list.requiredOption("--tenant <slug>", "the tenant");
  addFolderOptions(list);
  withExamples(list, "stairwell federation peer list --tenant acme --json");
  list.action(
    acting(async ({ output }, options: Options) => {
      const peers = await withControl(options, (control) =>
        control.run("federation.peer.list", { tenant: options.tenant }),
      );
      output.data(peers, () => table(["SERVER", "KEY", "SEEN SINCE", "WRONG"], peers.map(rowOf)));
      const unknown = peers.filter(({ key_fault }) => key_fault !== null).map(({ server_name }) => server_name);
      if (unknown.length > 0) output.message(vouching(unknown));
    }),
  );

  const trust = command
    .command("trust <server-name> <public-key>")
    .description(
      "Vouch for another server's key, as its administrator gave it to you by another way than the server itself. Its next " +
        "answer that is signed by it takes the place of what is pinned.",
    );
  trust.requiredOption("--tenant <slug>", "the tenant that trusts it");
  addFolderOptions(trust);
  const example = "ed25519:qkLdCTbn3LjtaOsl2xGDg8SDvUWKjfa1ITwvx2g6wXk=";
  withExamples(trust, `stairwell federation peer trust rooms.b.example ${example} --tenant acme`);
  trust.action(
    acting(async ({ output }, serverName: string, publicKey: string, options: Options) => {
      const input = { tenant: options.tenant, server_name: serverName, public_key: publicKey };
      const peer = await withControl(options, (control) => control.run("federation.peer.trust", input));
      output.data(peer, () =>
        fields({ server: peer.server_name, "trusted key": peer.trusted_key ?? "pinned already" }),
      );
    }),
  );
}

function rowOf(peer: PeerInfo): string[] {
  const key = peer.keys.findLast(({ valid_until, revoked_at }) => valid_until === null && revoked_at === null);
  return [peer.server_name, key?.public_key ?? "-", peer.first_seen, peer.key_fault ?? peer.last_error ?? "-"];
}
