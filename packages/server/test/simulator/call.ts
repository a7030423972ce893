import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { StairwellError } from "@stairwell/protocol";
import type { Actor } from "../../src/auth/index.ts";
import { repeatableOf } from "../../src/http/idempotency.ts";
import { Accepted } from "../../src/lib/accepted.ts";
import { bytesOf } from "./files.ts";
import type { Running } from "./running.ts";
import type { SimServer } from "./server.ts";

/** What somebody asks of their own server. */
export interface Asked {
  readonly operationId: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: object;
  /** Its `Idempotency-Key`. */
  readonly key?: string | undefined;
  /** What the file has that is sent with it. */
  readonly file?: string;
}

/** What they learn of it. */
export type Outcome =
  | { readonly kind: "done"; readonly data: unknown }
  /** It is kept, and its fate is to come. */
  | { readonly kind: "pending"; readonly id: string }
  | { readonly kind: "refused"; readonly code: string }
  /** Nobody knows what became of it. */
  | { readonly kind: "unknown"; readonly code: string };

/** Asks as the client door would, with the checks behind it: the gate, the rates and the framework are other tests'. */
export async function call(server: SimServer, actor: Actor, asked: Asked): Promise<Outcome> {
  const outcome = await server.whileUp(async (running): Promise<Outcome | Error> => {
    try {
      return { kind: "done", data: await performed(running, actor, asked) };
    } catch (error) {
      if (error instanceof Accepted) return { kind: "pending", id: error.data["id"] as string };
      if (!(error instanceof StairwellError)) return error as Error;
      const { code, status } = error;
      return { kind: status < 500 ? "refused" : "unknown", code };
    }
  });
  if (outcome instanceof Error) throw outcome;
  return outcome ?? { kind: "unknown", code: "it went down" };
}

async function performed({ calls, idempotency, staging }: Running, actor: Actor, asked: Asked): Promise<unknown> {
  const endpoint = calls.get(asked.operationId);
  if (endpoint === undefined) throw new Error(`there is no call ${asked.operationId}`);
  const { params = {}, query = {}, body = {}, key } = asked;
  const whole = { actor, params, query, body } as never;
  switch (endpoint.kind) {
    case "reply":
      return read(await endpoint.reply(whole));
    case "command": {
      const { route, run, render } = endpoint;
      if (key === undefined) {
        const answer = await run(whole, undefined);
        return read(await render(whole, answer as never, undefined));
      }
      const caller = { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
      const repeatable = repeatableOf(route, params, caller, key, () => JSON.stringify(body))!;
      const { answer, receipt } = await idempotency.perform(repeatable, async (given) => run(whole, given));
      return read(await render(whole, answer as never, receipt));
    }
    case "upload": {
      const caller = Object.assign(new EventEmitter(), { destroyed: false });
      const bytes = Buffer.from(asked.file!);
      const from = { ...(whole as object), caller };
      try {
        const { most } = await endpoint.admit(from as never, bytes.length);
        const { size, sha256, path, discard } = await staging.receive(Readable.from([bytes]), most);
        try {
          const file = { name: "file.txt", size, sha256, path, discard };
          const answer = await endpoint.run({ ...from, form: {}, file } as never, undefined);
          return read(await endpoint.render(whole, answer as never, undefined));
        } finally {
          await discard();
        }
      } finally {
        caller.emit("close");
      }
    }
    case "bytes": {
      const sent = await endpoint.send({ ...(whole as object), conditions: { isHead: false } } as never);
      return bytesOf(await sent.open!());
    }
    default:
      throw new Error(`${asked.operationId} is no call of a room`);
  }
}

function read(body: { readonly data?: unknown; readonly json?: string }): unknown {
  return body.json === undefined ? body.data : (JSON.parse(body.json) as unknown);
}
