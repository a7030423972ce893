import { hash } from "node:crypto";
import { invalid, LIMITS, StairwellError } from "@stairwell/protocol";
import type { Route } from "@stairwell/protocol/api";
import type { Db } from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import { KeyedMutex } from "../lib/keyed-mutex.ts";
import { Sealer } from "../lib/sealer.ts";
import {
  type Answer,
  findReceipt,
  insertReceipt,
  type Receipt,
  ReceiptTaken,
  type ReceiptScope,
  type RequestName,
} from "../receipts/index.ts";

/** Milliseconds that a repeat waits for the first request to end (AP6). */
const PATIENCE_MS = 30_000;
const KEY = new RegExp(`^[\\x21-\\x7e]{1,${LIMITS.keyLength}}$`);

/** One request that may be repeated: who asks for what under which key. */
export interface Repeatable {
  readonly scope: ReceiptScope;
  /** Of the key and the body: it tells equal requests from others, and nothing of a body by itself (DEL4). */
  readonly bodyHash: string;
  readonly key: string;
}

/** Reads the `Idempotency-Key` of a POST; undefined without one. `SW_REQUEST_INVALID` unless it is 1..128 visible ASCII. */
export function repeatableOf(
  route: Route,
  params: unknown,
  caller: Pick<ReceiptScope, "tenantNo" | "participantNo">,
  header: string | string[] | undefined,
  bodyHash: () => string,
): Repeatable | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== "string" || !KEY.test(header)) {
    throw invalid("Idempotency-Key", `must be 1 to ${LIMITS.keyLength} characters of visible ASCII`);
  }
  const named = Object.values(params as Record<string, string>);
  return {
    key: header,
    // A body's own hash would let whoever has the row try out what a redacted message said; the key is kept nowhere.
    bodyHash: hash("sha256", `${header} ${bodyHash()}`),
    scope: {
      ...caller,
      operation: named.length === 0 ? route.operationId : `${route.operationId} ${JSON.stringify(named)}`,
      keyHash: hash("sha256", header),
    },
  };
}

/** How a command came to its answer. */
export type Outcome = { answer: Answer<object>; replayed: boolean; receipt: Receipt };

/** Runs commands once a key and answers their repeats (AP6). */
export class Idempotency {
  readonly #db: Db;
  readonly #clock: Pick<Clock, "now">;
  readonly #secret: Uint8Array;
  readonly #running = new KeyedMutex();
  readonly #patienceMs: number;

  constructor(parts: { db: Db; clock: Pick<Clock, "now">; secret: Uint8Array; patienceMs?: number }) {
    this.#db = parts.db;
    this.#clock = parts.clock;
    this.#secret = parts.secret;
    this.#patienceMs = parts.patienceMs ?? PATIENCE_MS;
  }

  /**
   * The kept answer of an equal request, or that of `run`, which keeps it by its receipt. Of equal requests at once
   * one runs; the others wait for it, and when it fails the next one runs. `SW_IDEMPOTENCY_CONFLICT` when the key was
   * used with another body, or the first is still running after 30 s.
   */
  async perform(
    repeatable: Repeatable,
    run: (receipt: Receipt) => Answer<object> | Promise<Answer<object>>,
  ): Promise<Outcome> {
    const release = await this.#running.acquire(JSON.stringify(repeatable.scope), this.#patienceMs);
    if (release === undefined) throw stillRunning();
    try {
      const receipt = new DoorReceipt(repeatable, this.#secret);
      const kept = await this.#find(repeatable);
      if (kept !== undefined) return { answer: kept, replayed: true, receipt };
      try {
        const answer = await run(receipt);
        if (!receipt.isKept) throw new Error(`${repeatable.scope.operation} did not keep its answer by its receipt`);
        return { answer, replayed: false, receipt };
      } catch (error) {
        if (!(error instanceof ReceiptTaken)) throw error;
      }
      // Another process kept an answer between our look and our write, and our command was undone.
      const theirs = await this.#find(repeatable);
      if (theirs === undefined) throw stillRunning();
      return { answer: theirs, replayed: true, receipt };
    } finally {
      release();
    }
  }

  async #find({ scope, bodyHash }: Repeatable): Promise<Answer<object> | undefined> {
    const kept = await findReceipt(this.#db, scope, this.#clock.now());
    if (kept === undefined) return undefined;
    if (kept.bodyHash !== bodyHash) throw new StairwellError("SW_IDEMPOTENCY_CONFLICT", { rule: "AP6" });
    return { status: kept.status as 200 | 201, ref: JSON.parse(kept.reference) as object };
  }
}

class DoorReceipt implements Receipt {
  readonly #repeatable: Repeatable;
  readonly #secret: Uint8Array;
  #sealer: Sealer | undefined;
  readonly request: RequestName;
  isKept = false;

  constructor(repeatable: Repeatable, secret: Uint8Array) {
    this.#repeatable = repeatable;
    this.#secret = secret;
    this.request = { key: hash("sha256", JSON.stringify(repeatable.scope)), bodyHash: repeatable.bodyHash };
  }

  async keep(tx: Parameters<Receipt["keep"]>[0], status: number, reference: string): Promise<void> {
    const { scope, bodyHash } = this.#repeatable;
    if (!(await insertReceipt(tx, scope, { bodyHash, status, reference }))) throw new ReceiptTaken();
    this.isKept = true;
  }

  seal(text: string): string {
    return this.#sealerOfKey().seal(text, JSON.stringify(this.#repeatable.scope));
  }

  unseal(sealed: string): string {
    const text = this.#sealerOfKey().open(sealed, JSON.stringify(this.#repeatable.scope));
    if (text === undefined) throw new Error("a kept answer does not open; was the server's secret replaced?");
    return text;
  }

  #sealerOfKey(): Sealer {
    return (this.#sealer ??= new Sealer(this.#secret, "receipt", this.#repeatable.key));
  }
}

function stillRunning(): StairwellError {
  return new StairwellError("SW_IDEMPOTENCY_CONFLICT", {
    message: "The first request with this key is still running.",
    rule: "AP6",
    retryAfterSeconds: 1,
  });
}
