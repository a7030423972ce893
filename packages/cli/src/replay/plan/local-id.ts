/**
 * A nick as a local id; two nicks never share one. Letters are lower-cased, `a-z`, `0-9` and `_` stand for themselves,
 * and every other byte of the UTF-8 is `-` and two hex digits, as `%` would be in an address. What must not begin a
 * local id follows `0.`; and after a last dot stands, in hex, which letters are capitals, the first one as bit 0:
 * `seveas`, `seveas.1` for Seveas, `dr_willis.5` for Dr_Willis, `0.-7cquad-2d.9` for |QuaD-.
 * The answer of a long nick may pass the length of a local id.
 */
export function localIdOf(nick: string): string {
  const base = nick
    .toWellFormed()
    .replace(/[^A-Za-z0-9_]/gu, escaped)
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const capitals = capitalsOf(nick);
  return `${/^[a-z0-9]/.test(base) ? "" : "0."}${base}${capitals === 0n ? "" : `.${capitals.toString(16)}`}`;
}

function escaped(character: string): string {
  return [...Buffer.from(character)].map((byte) => `-${byte.toString(16).padStart(2, "0")}`).join("");
}

function capitalsOf(nick: string): bigint {
  let mask = 0n;
  for (const [i, letter] of [...nick.matchAll(/[A-Za-z]/g)].entries()) {
    if (letter[0] < "a") mask |= 1n << BigInt(i);
  }
  return mask;
}
