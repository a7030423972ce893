import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Address, isLoopback } from "../config/index.ts";
import { lockFolder } from "../db/index.ts";
import { type Check, failed, ok, warning } from "./check.ts";

/** Whether the address can be listened on, or this folder's own server may. */
export async function checkPort(address: Address, folder: string): Promise<Check> {
  const at = `${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
  const code = await faultAt(address);
  if (code === undefined) {
    if (isLoopback(address)) return ok("port", `${at} is free, and reached from this machine alone`);
    return ok("port", `${at} is free`);
  }
  if (code === "EADDRINUSE" && isHeld(folder))
    return ok("port", `${at} is taken, by the server that runs on this folder if it was started with these options`);
  if (code === "EADDRINUSE") {
    return failed(
      "port",
      `${at} is taken by another program`,
      "Choose another with --listen HOST:PORT, or stop that program.",
    );
  }
  if (code === "EACCES") {
    return failed("port", `${at} needs more rights`, "Take a port from 1024 on, with a proxy in front of it.");
  }
  return warning("port", `${at} cannot be listened on (${code})`, "Choose another with --listen HOST:PORT.");
}

async function faultAt(address: Address): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(address);
    await once(server, "listening");
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  } finally {
    server.close();
  }
}

function isHeld(folder: string): boolean {
  const path = join(folder, "lock");
  if (!existsSync(path)) return false;
  try {
    const lock = lockFolder(path);
    lock?.release();
    return lock === undefined;
  } catch {
    // Whatever keeps this user from it is told of the folder or the disk.
    return false;
  }
}
