import { StairwellClient } from "@stairwell/client";
import { type Command, InvalidArgumentError } from "commander";
import { reaching } from "../reach.ts";
import { callerOf, type CallerOptions } from "../server-options.ts";

export interface ListOptions extends CallerOptions {
  limit: number;
}

/** Calls a server as the tenant's admin whose token is given. */
export async function asAdmin<T>(options: CallerOptions, work: (client: StairwellClient) => Promise<T>): Promise<T> {
  const caller = await callerOf(options);
  return reaching(caller.baseUrl, () => work(new StairwellClient(caller)));
}

export function addLimit(command: Command): Command {
  return command.option("--limit <number>", "so many at the most", numberOf, 50);
}

/** Rows of a list, page by page, up to the limit. */
export async function firstOf<Row>(rows: AsyncIterable<Row>, limit: number): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of rows) {
    found.push(row);
    if (found.length === limit) break;
  }
  return found;
}

/** What was given of some options, without those that were not. */
export function givenIn<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function numberOf(text: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new InvalidArgumentError("It is a number from 1 to 999999.");
  return Number(text);
}
