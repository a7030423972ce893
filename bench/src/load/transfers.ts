import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Address } from "./plan.ts";

const MAIN = fileURLToPath(new URL("transfer.ts", import.meta.url));

/** A whole export or import, as its client saw it. */
export interface Transferred {
  /** From the request to the last byte of the answer. */
  seconds: number;
  /** Of the file. */
  bytes: number;
  /** CPU seconds the client used. */
  loadCpuSeconds: number;
}

export interface Brought extends Transferred {
  roomId: string;
  report: { events: number; media: number; media_bytes: number };
}

/** Exports a room into a file. Throws when it was refused or cut off. */
export function takeOut(address: Address, token: string, roomId: string, file: string): Promise<Transferred> {
  return transfer<Transferred>("export", address, token, file, roomId);
}

/** Imports a file. Throws when it was refused. */
export function bringIn(address: Address, token: string, file: string): Promise<Brought> {
  return transfer<Brought>("import", address, token, file);
}

async function transfer<T>(what: string, { host, port }: Address, ...rest: string[]): Promise<T> {
  const [token, ...others] = rest as [string, ...string[]];
  const base = `http://${host}:${port}`;
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, what, base, token, ...others]);
  return JSON.parse(stdout) as T;
}
