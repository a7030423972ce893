import type { Json } from "./json-value.ts";

const GAP = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

/**
 * Reads JSON as `JSON.parse` should. V8 13 and 14 read an escaped key as `\` once any object with that key was parsed in
 * the process (nodejs/node#63785): one caller could so change what others send. Objects are therefore put together
 * here; single texts and numbers are the platform's. `SyntaxError` for what is no JSON. Nesting must be bounded before.
 */
export function readJson(text: string): Json {
  return new Reader(text).whole();
}

/** The index of the quote that closes the string opened at `open`, or the end of an unterminated text. */
export function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close !== -1) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return close;
    close = text.indexOf('"', close + 1);
  }
  return text.length;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Json {
    const value = this.#value();
    this.#expect("");
    return value;
  }

  #value(): Json {
    switch (this.#next()) {
      case "{":
        // Not by assignment: `__proto__` is a key like any other here.
        return Object.fromEntries(this.#list("}", () => this.#member()));
      case "[":
        return this.#list("]", () => this.#value());
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #list<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    this.#at++;
    if (this.#next() !== close) {
      items.push(item());
      while (this.#next() !== close) {
        this.#expect(",");
        items.push(item());
      }
    }
    this.#at++;
    return items;
  }

  #member(): [key: string, value: Json] {
    if (this.#next() !== '"') throw new SyntaxError("a key must be a string");
    const key = this.#string();
    this.#expect(":");
    return [key, this.#value()];
  }

  #string(): string {
    const end = endOfString(this.#text, this.#at) + 1;
    const token = this.#text.slice(this.#at, end);
    this.#at = end;
    return JSON.parse(token) as string;
  }

  #scalar(): Json {
    SCALAR.lastIndex = this.#at;
    const [token] = SCALAR.exec(this.#text) ?? [];
    if (token === undefined) throw new SyntaxError("a value is missing");
    this.#at += token.length;
    return JSON.parse(token) as Json;
  }

  /** The next character that is not white space; empty at the end. */
  #next(): string {
    GAP.lastIndex = this.#at;
    GAP.test(this.#text);
    this.#at = GAP.lastIndex;
    return this.#text.charAt(this.#at);
  }

  #expect(mark: string): void {
    if (this.#next() !== mark)
      throw new SyntaxError(mark === "" ? "the value does not end the text" : `${mark} is missing`);
    this.#at++;
  }
}
