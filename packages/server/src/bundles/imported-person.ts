import { cleanName, LIMITS, parseFqid, StairwellError } from "@stairwell/protocol";
import { type BundlePerson, PERSON_SHAPE } from "@stairwell/protocol/bundle";

export function isPerson(value: unknown): value is BundlePerson {
  return PERSON_SHAPE(value, "") === undefined;
}

/**
 * Somebody as they stand beside what they said. Who made the bundle made the name: one that hides or reorders the text
 * around it is not shown, and the first part of their FQID is in its place.
 */
export function shownPerson({ display_name, fqid, participant_type }: BundlePerson): BundlePerson {
  return { display_name: shownName(display_name) ?? parseFqid(fqid)?.localId ?? fqid, fqid, participant_type };
}

function shownName(name: string): string | undefined {
  try {
    return cleanName(name, "", LIMITS.displayNameLength);
  } catch (error) {
    if (!(error instanceof StairwellError)) throw error;
    return undefined;
  }
}
