import { type Command, InvalidArgumentError } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { fields } from "../output.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";
import type { TenantInfo } from "./tenant-lines.ts";

type Limits = TenantInfo["limits"];
/** No bound, as it is written; the parser of the command line would take null for an empty text. */
type None = "none";

/** The limits that are one number, and what each bounds. */
const NUMBERS = {
  max_participants: "most members of any one room",
  max_rooms: "most open rooms",
  max_accounts: "most people, bots and agents",
  max_storage_bytes: "most bytes of files",
  open_invites: "most open invites of one person in a room",
  edit_window_seconds: "how long a message can be edited",
} as const satisfies Partial<Record<keyof Limits, string>>;

interface Options extends FolderOptions, Partial<Record<string, unknown>> {
  sendRate?: NonNullable<Limits["send_rate"]> | None;
}

export function defineTenantLimits(parent: Command, acting: Acting): void {
  const command = parent
    .command("limits <slug>")
    .description("Show what bounds a tenant, and change those limits that are named; they count at once.");
  for (const [limit, what] of Object.entries(NUMBERS)) {
    command.option(`--${limit.replaceAll("_", "-")} <number>`, `${what}, or none`, numberOf);
  }
  command.option(
    "--send-rate <rate[:burst]>",
    "events a second a person may append, with the burst above it, or none",
    rateOf,
  );
  addFolderOptions(command);
  withExamples(
    command,
    "stairwell tenant limits acme",
    "stairwell tenant limits acme --max-rooms 500 --send-rate 50:200",
  );
  command.action(
    acting(async ({ output }, slug: string, options: Options) => {
      const limits = limitsIn(options);
      const tenant = await withControl(options, (control) => control.run("tenant.limits", { slug, limits }));
      output.data(tenant.limits, () => fields(shown(tenant.limits)));
    }),
  );
}

function limitsIn(options: Options): Partial<Limits> {
  const named = Object.keys(NUMBERS).map((limit) => [limit, options[camel(limit)]] as const);
  const given = [...named, ["send_rate", options.sendRate] as const].filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([limit, value]) => [limit, value === "none" ? null : value]));
}

function shown(limits: Limits): Record<string, string> {
  const text = (value: Limits[keyof Limits]): string => {
    if (value === null) return "none";
    return typeof value === "number" ? String(value) : `${value.per_second}:${value.burst}`;
  };
  return Object.fromEntries(Object.entries(limits).map(([limit, value]) => [limit.replaceAll("_", " "), text(value)]));
}

function camel(limit: string): string {
  return limit.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function numberOf(text: string): number | None {
  if (text === "none") return text;
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError("It is a whole number, or none.");
  return Number(text);
}

function rateOf(text: string): Options["sendRate"] {
  if (text === "none") return text;
  const [, rate, burst = rate] = /^([1-9][0-9]{0,8})(?::([1-9][0-9]{0,8}))?$/.exec(text) ?? [];
  if (rate === undefined) throw new InvalidArgumentError("It is RATE or RATE:BURST, as 50:200, or none.");
  return { per_second: Number(rate), burst: Number(burst) };
}
