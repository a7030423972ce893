import type { FastifyInstance } from "fastify";

/** Opens the door. Where it cannot be opened there, throws a sentence that says what to do. */
export async function listen(app: FastifyInstance, at: { host: string; port: number }): Promise<void> {
  try {
    await app.listen(at);
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    const address = `${at.host.includes(":") ? `[${at.host}]` : at.host}:${at.port}`;
    throw new Error(`Cannot listen on ${address}: ${reason}. Choose another address with --listen HOST:PORT.`, {
      cause: error,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program does already",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "that needs more rights",
  ENOTFOUND: "nothing has that name",
};
