import { AsyncLocalStorage } from "node:async_hooks";

const scope = new AsyncLocalStorage<string>();

/** Does something on behalf of a request, so that what is written meanwhile can name it in the audit. */
export function onBehalfOf<T>(requestId: string, work: () => T): T {
  return scope.run(requestId, work);
}

/** The request that is being worked for; null for the server's own jobs and the operator's commands. */
export function presentRequest(): string | null {
  return scope.getStore() ?? null;
}
