/** Fields of headers that say nothing of a room, from the header's beginning on. */
const LOCAL: readonly [from: number, to: number, what: string][] = [
  [4, 6, "version needed"],
  [10, 14, "time of the entry"],
];
const CENTRAL: readonly [from: number, to: number, what: string][] = [
  [4, 5, "version of the maker"],
  [5, 6, "system of the maker"],
  [6, 8, "version needed"],
  [12, 16, "time of the entry"],
  [36, 38, "whether it is a text"],
  [38, 42, "attributes"],
];

/** What a byte of a right bundle is, if a room does not hang on it: fields of its headers, never of its contents. */
export function meaninglessAt(bundle: Buffer, at: number): string | undefined {
  for (const [mark, fields] of [
    [0x04034b50, LOCAL],
    [0x02014b50, CENTRAL],
  ] as const) {
    const signature = Buffer.alloc(4);
    signature.writeUInt32LE(mark);
    for (let start = bundle.indexOf(signature); start !== -1; start = bundle.indexOf(signature, start + 1)) {
      const found = fields.find(([from, to]) => at >= start + from && at < start + to);
      if (found !== undefined) return found[2];
    }
  }
  return undefined;
}
