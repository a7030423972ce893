/** An identifier of a covered component, as `@method` or `content-type`, and its value. */
export type Component = readonly [id: string, value: string];

/** What a line of the base may hold: a value with a line end could pass for two components. */
const ONE_LINE = /^[\x20-\x7e]*$/;

/**
 * The text that is signed (RFC 9421, section 2.5): a line for each component, and one for the parameters as they stand in
 * `Signature-Input`. Undefined where a value is not one line of ASCII: nothing may be signed then.
 */
export function signatureBase(components: readonly Component[], params: string): string | undefined {
  const lines = [...components, ["@signature-params", params] as const];
  if (lines.some(([, value]) => !ONE_LINE.test(value))) return undefined;
  return lines.map(([id, value]) => `"${id}": ${value}`).join("\n");
}
