/**
 * PostgreSQL has no text with a NUL in it, and the embedded store has. It is written as two characters, of which the
 * first is one that no text needs, and which is itself written as two.
 */
const ESCAPE = "\uFFFF";
const NUL = `${ESCAPE}0`;
const ESCAPED = `${ESCAPE}1`;

/** The text that stands for one in PostgreSQL. Of nearly every text it is the text itself. */
export function toStored(text: string): string {
  if (!text.includes("\0") && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, ESCAPED).replaceAll("\0", NUL);
}

function fromStored(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replace(/\uFFFF([01])/g, (_, which) => (which === "0" ? "\0" : ESCAPE));
}

/** How PostgreSQL's types come back: as those of the embedded store do, so that nobody above knows the engine. */
export const TYPES = {
  getTypeParser(oid: number): (text: string) => unknown {
    return PARSERS.get(oid) ?? fromStored;
  },
};

/** All our integers are safe ones; `numeric` is what sums of them are. */
const NUMBERS = [20 /* int8 */, 21 /* int2 */, 23 /* int4 */, 26 /* oid */, 700, 701 /* float */, 1700 /* numeric */];

const PARSERS = new Map<number, (text: string) => unknown>([
  ...NUMBERS.map((oid) => [oid, Number] as const),
  [16 /* bool */, (text) => (text === "t" ? 1 : 0)],
  // A copy of its own: who gets a key overwrites it.
  [17 /* bytea */, (text) => new Uint8Array(Buffer.from(text.slice(2), "hex"))],
]);
