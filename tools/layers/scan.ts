/** A string or template literal. */
export interface Literal {
  /** As written, without its quotes; each substitution of a template stands as `${}`. */
  text: string;
  /** Offset of its opening quote. */
  readonly start: number;
}

export interface Scanned {
  /** The source with comments, regular expressions and the insides of literals blanked; every offset is kept. */
  readonly code: string;
  readonly literals: readonly Literal[];
}

const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?|[\w$]+|[^\s\w$]/g;
const REGEX = /\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;
const CHUNK = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*/y;
/** After these a slash begins a regular expression; after other words, literals and closing brackets it divides. */
const BEFORE_REGEX =
  /^(?:[^\w$"'`)\]}<]|return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield|instanceof)$/;

/**
 * Splits TypeScript or TSX into code and literals, without a parser: TypeScript 7 has no compiler API to ask.
 * Text that is no TypeScript gives some answer, never an endless loop.
 */
export function scan(source: string): Scanned {
  const literals: Literal[] = [];
  const templates: { literal: Literal; depth: number }[] = [];
  const pieces: string[] = [];
  let kept = 0;
  let previous = "(";
  let at = 0;

  function blank(from: number, to: number): void {
    pieces.push(source.slice(kept, from), source.slice(from, to).replace(/[^\n]/g, " "));
    kept = to;
  }

  /** Reads a template on from `at`, up to its next substitution or its end. */
  function readChunk(): void {
    const { literal } = templates.at(-1)!;
    const chunk = match(CHUNK, at)!;
    literal.text += chunk;
    blank(at, at + chunk.length);
    at += chunk.length;
    if (source[at] === "$") {
      literal.text += "${}";
      at += 2;
      previous = "{";
    } else {
      templates.pop();
      at += 1;
      previous = "`";
    }
  }

  function match(pattern: RegExp, from: number): string | undefined {
    pattern.lastIndex = from;
    return pattern.exec(source)?.[0];
  }

  for (;;) {
    const token = match(TOKEN, at);
    if (token === undefined) break;
    const start = TOKEN.lastIndex - token.length;
    at = TOKEN.lastIndex;
    if (token.startsWith("//") || token.startsWith("/*")) {
      blank(start, at);
      continue;
    }
    const template = templates.at(-1);
    if (token === "/" && BEFORE_REGEX.test(previous)) {
      const regex = match(REGEX, start);
      if (regex !== undefined) {
        at = start + regex.length;
        blank(start, at);
        previous = "`";
        continue;
      }
    } else if (token === "`") {
      templates.push({ literal: { text: "", start }, depth: 0 });
      literals.push(templates.at(-1)!.literal);
      readChunk();
      continue;
    } else if (token === "}" && template?.depth === 0) {
      readChunk();
      continue;
    } else if (template !== undefined) {
      if (token === "{") template.depth++;
      if (token === "}") template.depth--;
    }
    const quote = token[0]!;
    if (quote === '"' || quote === "'") {
      const end = token.length > 1 && token.endsWith(quote) ? at - 1 : at;
      literals.push({ text: source.slice(start + 1, end), start });
      blank(start + 1, end);
    }
    previous = quote === '"' || quote === "'" ? quote : token;
  }
  pieces.push(source.slice(kept));
  return { code: pieces.join(""), literals };
}

/** The line, from 1, on which an offset lies. */
export function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split("\n").length;
}
