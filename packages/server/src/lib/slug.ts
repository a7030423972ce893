/**
 * A name made fit for an address: accents stripped, `[a-z0-9]` and single hyphens, at most `maxLength` characters.
 * Empty when nothing of the name is left, as for names in other scripts; the caller has a word for that case.
 */
export function slugOf(name: string, maxLength: number): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, maxLength + 1)
    .replace(/^-+/, "")
    .slice(0, maxLength)
    .replace(/-+$/, "");
}

/** Text as it is compared in searches: case and the marks of Latin letters make no difference. */
export function searchFold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]+/g, "")
    .toLowerCase();
}
