import { readFileSync } from "node:fs";
import { hostsOf } from "./hosts.ts";
import { nearest } from "./nearest.ts";
import { type Setting, SETTINGS } from "./schema.ts";

/** Where a value came from: the word that an error or a listing names it by. */
export interface Given {
  value: unknown;
  source: "flag" | "environment" | "file";
  /** `--listen`, `STAIRWELL_LISTEN` or `listen in FILE`. */
  place: string;
}

/** What one source gives, by key; `problems` are sentences. */
export interface Source {
  given: Map<string, Given>;
  problems: string[];
}

/** The settings of the command line; the words in front are the command line's own to check. */
export function fromFlags(flags: Readonly<Record<string, string | boolean | undefined>>): Source {
  const given = new Map<string, Given>();
  for (const { key, flag } of SETTINGS) {
    const value = flags[key];
    if (flag !== undefined && value !== undefined) given.set(key, { value, source: "flag", place: flag });
  }
  return { given, problems: [] };
}

const PREFIX = "STAIRWELL_";
/** Variables with our prefix that are no settings: the file, what the command line's client reads, and the tests' own. */
const OTHERS = ["STAIRWELL_CONFIG", "STAIRWELL_URL", "STAIRWELL_TOKEN", "STAIRWELL_SEED"];
const TESTS = "STAIRWELL_TEST_";

export function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Source {
  const source: Source = { given: new Map(), problems: [] };
  const known = new Map(SETTINGS.map((setting) => [setting.variable, setting]));
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined || !variable.startsWith(PREFIX)) continue;
    if (OTHERS.includes(variable) || variable.startsWith(TESTS)) continue;
    const setting = known.get(variable);
    if (setting === undefined) source.problems.push(unknown(variable, [...known.keys(), ...OTHERS]));
    else source.given.set(setting.key, { value: typed(text, setting), source: "environment", place: variable });
  }
  return source;
}

/** Text that is no number or boolean stays text, and the check then says what it must be. */
function typed(text: string, { schema }: Setting): unknown {
  if (schema.type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (schema.type === "integer" && /^-?[0-9]{1,15}$/.test(text)) return Number(text);
  if (schema.type === "object") return hostsOf(text) ?? text;
  return text;
}

/** The settings of a TOML file. */
export async function fromFile(path: string): Promise<Source> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return {
      given: new Map(),
      problems: [`the file ${path} cannot be read: ${reasonOf((error as NodeJS.ErrnoException).code)}`],
    };
  }
  // Most servers have no file, and then the parser is not loaded.
  const { parse } = await import("smol-toml");
  const source: Source = { given: new Map(), problems: [] };
  try {
    collect(parse(text) as Record<string, unknown>, "", path, source);
  } catch (error) {
    source.problems.push(`the file ${path} is not valid TOML: ${(error as Error).message}`);
  }
  return source;
}

function reasonOf(code: string | undefined): string {
  if (code === "ENOENT") return "it does not exist";
  if (code === "EISDIR") return "it is a folder";
  return code === "EACCES" ? "this user may not" : `${code}`;
}

const SECTIONS = new Set(SETTINGS.flatMap(({ key }) => sectionsOf(key)));

/** `a` and `a.b` of `a.b.c`. */
function sectionsOf(key: string): string[] {
  const parts = key.split(".");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("."));
}

function collect(table: Record<string, unknown>, prefix: string, path: string, source: Source): void {
  for (const [name, value] of Object.entries(table)) {
    const key = prefix + name;
    const place = `${key} in ${path}`;
    if (SECTIONS.has(key)) {
      if (typeof value === "object" && value !== null)
        collect(value as Record<string, unknown>, `${key}.`, path, source);
      else source.problems.push(`${place} must be a table, [${key}]`);
    } else if (SETTINGS.some((setting) => setting.key === key)) {
      source.given.set(key, { value, source: "file", place });
    } else {
      source.problems.push(
        `${unknown(
          key,
          SETTINGS.map((setting) => setting.key),
        )} (in ${path})`,
      );
    }
  }
}

function unknown(word: string, words: readonly string[]): string {
  const meant = nearest(word, words);
  return `${word} is not a setting${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}
