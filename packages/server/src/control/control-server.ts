import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { controlErrorOf } from "./control-error.ts";
import type { Frame } from "./frames.ts";
import type { ControlParts } from "./operation.ts";
import { runOperation } from "./operations.ts";
import { claimSocketPath } from "./socket-path.ts";

/** Operations under way get so long, in milliseconds, when the server stops. */
const CLOSE_PATIENCE = 2000;

export interface ControlServer {
  /** Lets operations under way end, for two seconds, and removes the socket. */
  close(): Promise<void>;
}

/**
 * Serves control operations to commands of the same user, on a unix socket (mode 0600) of the data folder, which this
 * process holds. `onFault` is told of errors that nobody meant to happen; the command gets no detail of them.
 */
export async function startControlServer(
  folder: string,
  parts: ControlParts,
  onFault: (error: unknown) => void,
): Promise<ControlServer> {
  const { path, release } = claimSocketPath(folder);
  const server = createServer((request, response) => {
    answer(parts, request, response, onFault).catch(onFault);
  });
  server.listen(path);
  await once(server, "listening");
  chmodSync(path, 0o600);
  return {
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_PATIENCE);
      await closed;
      clearTimeout(cut);
      release();
    },
  };
}

async function answer(
  parts: ControlParts,
  request: IncomingMessage,
  response: ServerResponse,
  onFault: (error: unknown) => void,
): Promise<void> {
  response.setHeader("content-type", "application/x-ndjson");
  response.setHeader("connection", "close");
  const send = (frame: Frame): void => void response.write(`${JSON.stringify(frame)}\n`);
  try {
    const input: unknown = JSON.parse(await text(request));
    const name = (request.url ?? "/").slice(1);
    send({ data: await runOperation(parts, name, input, (progress) => send({ progress })) });
  } catch (error) {
    const refusal = controlErrorOf(error);
    if (refusal === undefined) onFault(error);
    const { kind, message } = refusal ?? {
      kind: "failed",
      message: "Something went wrong on the server; its log says what.",
    };
    send({ error: { kind, message } });
  } finally {
    response.end();
  }
}
