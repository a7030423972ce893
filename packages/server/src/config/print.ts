import type { Loaded } from "./load.ts";
import { type Setting, SETTINGS } from "./schema.ts";

const HIDDEN = "(hidden)";

/** A setting in force; a secret's value is hidden. */
export interface Line {
  key: string;
  value: unknown;
  source: string;
}

/** Every setting that has a value, for `config print --json`. */
export function configLines({ config, sources }: Loaded): Line[] {
  return SETTINGS.flatMap((setting): Line[] => {
    const value = valueOf(config, setting);
    if (value === undefined) return [];
    return [{ key: setting.key, value: setting.isSecret ? HIDDEN : shown(value), source: sources.get(setting.key)! }];
  });
}

/** A URL may have credentials in it. */
function shown(value: unknown): unknown {
  return typeof value === "string" ? value.replaceAll(/(?<=:\/\/)[^/@,]+(?=@)/g, HIDDEN) : value;
}

/** The same as TOML that could be put into a file, but for the secrets. */
export function printConfig(loaded: Loaded): string {
  const lines = configLines(loaded).map(({ key, value, source }) => `${key} = ${toml(value)} # ${source}`);
  return `${lines.join("\n")}\n`;
}

/** TOML writes texts, numbers and booleans as JSON does, and tables on one line with `=`. */
function toml(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)} = ${toml(member)}`);
  return `{ ${members.join(", ")} }`.replace("{  }", "{}");
}

function valueOf(config: object, { key }: Setting): unknown {
  let value: unknown = config;
  for (const part of key.split(".")) value = (value as Record<string, unknown>)[part];
  return value;
}

/** The table of all settings, in Markdown, for the documentation. */
export function configTable(): string {
  const rows = SETTINGS.map(({ key, variable, flag, schema }) => {
    const usual = schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``;
    return `| \`${key}\` | \`${variable}\` | ${flag === undefined ? "" : `\`${flag}\``} | ${usual} | ${schema.description} |`;
  });
  return ["| setting | environment | flag | default | meaning |", "| --- | --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}
