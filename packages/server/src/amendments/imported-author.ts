import { hash } from "node:crypto";

/** 48 bits tell the authors of one room apart. */
const BYTES = 6;

/**
 * Who sent an imported event, as a number where rows have one: below 0, which no participant has, and the same for the
 * same FQID. Nobody is made a participant by a bundle (BU12).
 */
export function importedAuthorNo(content: Readonly<Record<string, unknown>>): number {
  const { fqid } = content._imported_sender as { fqid: string };
  return -1 - hash("sha256", fqid, "buffer").readUIntBE(0, BYTES);
}
