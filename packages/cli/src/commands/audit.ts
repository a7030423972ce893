import { type Command, InvalidArgumentError, Option } from "commander";
import { AuditActions } from "@stairwell/protocol/api";
import type { InputOf, OutputOf } from "@stairwell/server";
import { type Acting, withExamples } from "../command.ts";
import { table } from "../output.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";

interface Options extends FolderOptions {
  tenant: string;
  limit: number;
  action?: string;
  actor?: string;
  target?: string;
  room?: string;
}

type Act = OutputOf<"audit.list">[number];

export function define(command: Command, acting: Acting): void {
  command
    .description("Show who did what to whom in a tenant: moderation and administration, the newest last.")
    .requiredOption("--tenant <slug>", "the tenant")
    .option("--limit <number>", "so many, the newest", numberOf, 50)
    .addOption(new Option("--action <action>", "only this").choices(AuditActions))
    .option("--actor <local-id>", "only by this person, or by operator")
    .option("--target <local-id>", "only to this person")
    .option("--room <id>", "only in this room");
  addFolderOptions(command);
  withExamples(command, "stairwell audit --tenant acme", "stairwell audit --tenant acme --action member.ban --json");
  command.action(
    acting(async ({ output }, options: Options) => {
      const acts = await withControl(options, (control) => control.run("audit.list", inputOf(options)));
      output.data(acts, () => table(["TIME", "ACTION", "BY", "TO", "ROOM", "DETAILS"], acts.map(rowOf)));
    }),
  );
}

function inputOf({ tenant, limit, action, actor, target, room }: Options): InputOf<"audit.list"> {
  const filters = { action, actor, target, room_id: room };
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return { tenant, limit, ...Object.fromEntries(given) };
}

function rowOf({ at, action, actor, actor_fqid, target_fqid, room_id, details }: Act): string[] {
  const rest = Object.entries(details).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [at, action, actor_fqid ?? actor, target_fqid ?? "-", room_id ?? "-", rest.join(" ")];
}

function numberOf(text: string): number {
  if (!/^[1-9][0-9]{0,4}$/.test(text)) throw new InvalidArgumentError("It is a number from 1 to 10000.");
  return Number(text);
}
