/**
 * Whether a field that may stand once stands several times. Node keeps the first of them, and which one a proxy before
 * us has looked at is unknown. `name` in lower case.
 */
export function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let seen = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const field = rawHeaders[i]!;
    if (field.length === name.length && field.toLowerCase() === name) seen++;
  }
  return seen > 1;
}
