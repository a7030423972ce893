export interface Address {
  host: string;
  port: number;
}

/** One request. ASCII only; `{n}` in path or body becomes the request's number within its run. */
export interface Ask {
  method: "GET" | "POST";
  path: string;
  token: string;
  body?: string;
  /** Any other status is a fault, and voids the figure. */
  expect: 200 | 201;
}

/** What one run of the load does: closed loops, each with one request outstanding on its own connection. */
export interface Plan {
  asks: readonly Ask[];
  connections: number;
  /** `own`: connection i repeats ask i. `queue`: the connections take asks in turn, each once before any twice. */
  share: "own" | "queue";
  /** Requests begun within `seconds` are all waited for, so that everything sent has an answer. */
  stop: { seconds: number } | { asks: number };
  /** Follows `meta.next_cursor` to the end of the list, handing it back under this query key. */
  follow?: "from" | "cursor";
  /** Hands back what the server acknowledged, for the check after the run. */
  keepReceipts?: boolean;
}

/** What the server acknowledged for one ask: the id of what was made, and its stream position when it has one. */
export interface Receipt {
  /** Index into `Plan.asks`. */
  ask: number;
  id: string;
  position: number | null;
}

export interface Outcome {
  /** Asks done (a followed list is one ask) and answers got (each page is one). */
  asks: number;
  answers: number;
  seconds: number;
  /** Latency of single answers in milliseconds. */
  p50: number;
  p99: number;
  /** CPU seconds the load process used. */
  loadCpuSeconds: number;
  bytes: number;
  faults: string[];
  receipts: Receipt[];
}
