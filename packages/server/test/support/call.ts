import type { DataOf, RequestOf, Route } from "@stairwell/protocol/api";
import type { Actor } from "../../src/auth/index.ts";
import type { Endpoint } from "../../src/http/endpoint.ts";
import type { Receipt } from "../../src/receipts/index.ts";

/** What a list says beside its rows. */
export interface Meta {
  has_more: boolean;
  next_cursor: string | null;
  total?: number;
  total_at_least?: true;
}

/** Answers a call from its endpoint, as the door does once the request is checked. */
export async function call<R extends Route>(
  endpoints: readonly Endpoint[],
  route: R,
  actor: Actor,
  request: Partial<RequestOf<R>> = {},
  receipt?: Receipt,
): Promise<{ status: number; data: DataOf<R>; meta: Meta }> {
  const endpoint = endpoints.find((one) => one.route.operationId === route.operationId);
  if (endpoint === undefined) throw new Error(`${route.operationId} has no endpoint`);
  const asked = { params: undefined, query: {}, body: {}, actor, ...request } as never;
  if (endpoint.kind === "reply") {
    const body = (await endpoint.reply(asked)) as { data: DataOf<R>; meta: Meta; status?: number };
    return { status: body.status ?? 200, data: body.data, meta: body.meta };
  }
  if (endpoint.kind === "bytes") throw new Error(`${route.operationId} answers bytes: ask for it over HTTP`);
  const answer = await endpoint.run(asked, receipt);
  const body = (await endpoint.render(asked, answer as never, receipt)) as { data: DataOf<R>; meta: Meta };
  return { status: answer.status, data: body.data, meta: body.meta };
}
