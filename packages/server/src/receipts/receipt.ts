import type { Db, Tx, WriteScope } from "../db/index.ts";

/** A request that may be repeated: who asked what under which key, and what its body was; neither can be read from it. */
export interface RequestName {
  readonly key: string;
  readonly bodyHash: string;
}

const requests = new WeakMap<Tx, RequestName>();

/** For which repeatable request a transaction runs, if for any. */
export function requestOf(tx: Tx): RequestName | undefined {
  return requests.get(tx);
}

/**
 * The right to keep one answer for repeats with the same `Idempotency-Key` (AP6). Made by the door,
 * used by the command inside its own transaction.
 */
export interface Receipt {
  /** Names the request; missing where it is no request that could be repeated. */
  readonly request?: RequestName;
  keep(tx: Tx, status: number, reference: string): Promise<void>;
  /**
   * Encrypts a text that is kept nowhere else, as a minted token, so that it can be part of the reference and a
   * repeat can be shown it. Only this server and a caller who has the key can open it.
   */
  seal(text: string): string;
  /** The sealed text again, for `render`. Throws for a text that this caller, call and key did not seal. */
  unseal(sealed: string): string;
}

/** What a command answers: its status, and the reference from which the body can be rendered again, at any time. */
export interface Answer<Ref extends object> {
  status: 200 | 201;
  ref: Ref;
}

/** Runs a command in the next write group of its scope; its answer is kept, if a repeat may ask for it, in the same transaction. */
export function perform<A extends Answer<object>>(
  db: Db,
  scope: WriteScope,
  receipt: Receipt | undefined,
  work: (tx: Tx) => Promise<A>,
): Promise<A> {
  if (receipt === undefined) return db.write(scope, work);
  return db.write(scope, async (tx) => {
    if (receipt.request !== undefined) requests.set(tx, receipt.request);
    const answer = await work(tx);
    await receipt.keep(tx, answer.status, JSON.stringify(answer.ref));
    return answer;
  });
}
