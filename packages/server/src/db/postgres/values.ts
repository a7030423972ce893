/** How PostgreSQL's types come back: as those of the embedded store do, so that nobody above knows the engine. */
export const TYPES = {
  getTypeParser(oid: number): (text: string) => unknown {
    return PARSERS.get(oid) ?? asText;
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

function asText(text: string): string {
  return text;
}
