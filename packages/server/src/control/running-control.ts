import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import type { Control } from "./control.ts";
import { ControlError } from "./control-error.ts";
import type { Frame } from "./frames.ts";
import type { OnProgress } from "./operation.ts";
import type { OutputOf } from "./operations.ts";
import { findSocketPath } from "./socket-path.ts";

/** The operations of the server that runs on a data folder; undefined when none does. */
export async function connectRunning(folder: string): Promise<Control | undefined> {
  const socketPath = findSocketPath(folder);
  if (!(await isListening(socketPath))) return undefined;
  return {
    run: async (name, input, onProgress = () => {}) =>
      (await ask(socketPath, name, input, onProgress)) as OutputOf<typeof name>,
    close: async () => {},
  };
}

async function isListening(socketPath: string): Promise<boolean> {
  const socket = createConnection(socketPath);
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ECONNREFUSED") return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

async function ask(socketPath: string, name: string, input: unknown, onProgress: OnProgress): Promise<unknown> {
  const asking = request({ socketPath, method: "POST", path: `/${name}` });
  asking.end(JSON.stringify(input));
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  for await (const line of createInterface({ input: response })) {
    const frame = JSON.parse(line) as Frame;
    if ("data" in frame) return frame.data;
    if ("error" in frame) throw new ControlError(frame.error.kind, frame.error.message);
    onProgress(frame.progress);
  }
  throw new Error("the server went away before it answered; look whether the operation took effect");
}
