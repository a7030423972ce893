/** Which id bears which name: the tests speak of `ann`, `r0` and `r0#3`, the server of ids. */
export class Book {
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<string, string>();

  bind(name: string, id: string): void {
    this.#names.set(id, name);
    this.#ids.set(name, id);
  }

  /** The id that bears a name; of a name that nothing bears yet, an id that nothing has. */
  id(name: string): string {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const unknown = `nothing-${name.replaceAll(/[^a-z0-9]/g, "-")}`;
    this.#names.set(unknown, name);
    return unknown;
  }

  idOf(name: string): string | undefined {
    return this.#ids.get(name);
  }

  /** A value from the wire with names in place of ids, and nothing that is undefined. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as loose as the answers that tests look into
  named(value: unknown): any {
    return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
      typeof part === "string" ? (this.#names.get(part) ?? part) : part,
    );
  }
}
