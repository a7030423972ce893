import type { Put, Value } from "../port.ts";

/** A statement that was put, and by whom. */
interface Row<Owner> {
  readonly owner: Owner;
  values: readonly Value[];
}

/** What is to be sent: one row, with whose it is, or several of one kind. */
export interface Sending<Owner> {
  readonly sql: string;
  readonly values: readonly Value[];
  /** Undefined where it is several owners'. */
  readonly owner: Owner | undefined;
}

/** Rows a statement: so many texts are prepared of each kind at the most, by powers of two. */
const MOST = 256;

const texts = new Map<Put, Map<number, string>>();

/** What commands of a group have put and nobody has read yet: rows of one kind go out together. */
export class Puts<Owner> {
  #waiting = new Map<Put, Row<Owner>[]>();
  readonly #about = new Map<string, Row<Owner>>();

  add(put: Put, owner: Owner, values: readonly Value[]): void {
    let rows = this.#waiting.get(put);
    if (rows === undefined) this.#waiting.set(put, (rows = []));
    const row = { owner, values };
    if (put.about !== undefined) {
      const key = `${put.sql} ${put.about(values)}`;
      const before = this.#about.get(key);
      if (before !== undefined) return void (before.values = values);
      this.#about.set(key, row);
    }
    rows.push(row);
  }

  /** Takes all of it, kind by kind in the order of the first of each. `isApart`: no two rows in one statement. */
  *take(isApart: boolean): Generator<Sending<Owner>> {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    this.#about.clear();
    for (const [put, rows] of waiting) {
      for (let at = 0; at < rows.length;) {
        const count = isApart ? 1 : Math.min(MOST, 2 ** Math.floor(Math.log2(rows.length - at)));
        const part = rows.slice(at, at + count);
        const owner = count === 1 ? part[0]!.owner : undefined;
        yield { sql: textOf(put, count), values: part.flatMap(({ values }) => values), owner };
        at += count;
      }
    }
  }
}

function textOf(put: Put, rows: number): string {
  if (rows === 1) return put.sql;
  let known = texts.get(put);
  if (known === undefined) texts.set(put, (known = new Map()));
  let text = known.get(rows);
  if (text === undefined) known.set(rows, (text = put.many(rows)));
  return text;
}
