/** What to do about servers whose keys nobody has introduced (FD3). */
export function vouching(names: readonly string[]): string {
  return (
    `Nobody has introduced the keys of ${names.join(", ")}: ask their administrators for the public key, by another way than ` +
    "the server itself, and vouch for it by 'stairwell federation peer trust NAME PUBLIC-KEY --tenant TENANT'."
  );
}
