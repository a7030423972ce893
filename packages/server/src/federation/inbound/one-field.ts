import { StairwellError } from "@stairwell/protocol";

/**
 * The value of a field that may stand once; undefined where it does not stand at all. The platform joins several or drops
 * all but one, and what was signed is then not what is looked at: `SW_FED_SIGNATURE`. `name` in lower case.
 */
export function oneField(rawHeaders: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.toLowerCase() !== name) continue;
    if (found !== undefined) {
      throw new StairwellError("SW_FED_SIGNATURE", {
        message: `The header ${name} is given more than once.`,
        rule: "FD2",
      });
    }
    found = rawHeaders[i + 1]!;
  }
  return found;
}
