import type { Command } from "commander";
import type { OutputOf } from "@stairwell/server";
import { type Acting, type Run, withExamples } from "../command.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { table } from "../output.ts";
import { withControl } from "../with-control.ts";

interface Options extends FolderOptions {
  tenant: string;
}

type Identity = OutputOf<"federation.key.show">;

/** `federation key show|rotate|revoke`: by which keys other servers know a tenant. */
export function defineFederationKey(parent: Command, acting: Acting): void {
  const command = parent
    .command("key")
    .description("The keys that a tenant signs with, by which other servers know it.");

  withExamples(command, "stairwell federation key show --tenant acme");

  const show = command.command("show").description("Show every key that a tenant ever signed with.");
  withExamples(forTenant(show), "stairwell federation key show --tenant acme");
  show.action(acting(keysAfter("federation.key.show")));

  const rotate = command
    .command("rotate")
    .description(
      "Sign with a new key from now on. The old one is good for 30 days more, and other servers follow by its word.",
    );
  withExamples(forTenant(rotate), "stairwell federation key rotate --tenant acme");
  rotate.action(acting(keysAfter("federation.key.rotate")));

  const revoke = command
    .command("revoke <key-id>")
    .description(
      "Revoke a key that somebody else may have: it admits nothing new any more. Where it is in use, another takes its place.",
    );
  withExamples(forTenant(revoke), "stairwell federation key revoke ed25519-56475aa7 --tenant acme");
  revoke.action(
    acting(async ({ output }, keyId: string, options: Options) => {
      const input = { tenant: options.tenant, key_id: keyId };
      const revoked = await withControl(options, (control) => control.run("federation.key.revoke", input));
      output.data(revoked, () => [...lines(revoked), ...advice(revoked)]);
    }),
  );
}

/** What shows a tenant's keys as they are after an operation on them. */
function keysAfter(operation: "federation.key.show" | "federation.key.rotate") {
  return async ({ output }: Run, options: Options): Promise<void> => {
    const keys = await withControl(options, (control) => control.run(operation, { tenant: options.tenant }));
    output.data(keys, () => lines(keys));
  };
}

function forTenant(command: Command): Command {
  command.requiredOption("--tenant <slug>", "the tenant");
  addFolderOptions(command);
  return command;
}

function lines({ server_name, keys }: Identity): string[] {
  const rows = keys.map((key) => [
    key.key_id,
    key.in_use ? "in use" : key.revoked_at !== null ? `revoked ${key.revoked_at}` : `until ${key.valid_until}`,
    key.introduced_by ?? "-",
    key.public_key,
  ]);
  return [`server name  ${server_name}`, ...table(["KEY", "STATE", "INTRODUCED BY", "PUBLIC KEY"], rows)];
}

/** Whoever knew the revoked key alone has nobody's word for the new one. */
function advice({ keys, replaced_by }: OutputOf<"federation.key.revoke">): string[] {
  const made = keys.find(({ key_id }) => key_id === replaced_by);
  if (made === undefined || made.introduced_by !== null) return [];
  return [
    "No good key was left to introduce the new one. Servers that know this tenant wait for their administrators: give them",
    `the public key by another way than this server, for: stairwell federation peer trust NAME ${made.public_key} --tenant THEIRS`,
  ];
}
