/**
 * Thrown in the place of an answer by what was taken and is not done yet: whoever asked is answered 202 with this, by
 * whatever door. It is no failure; a repeat is another request.
 */
export class Accepted extends Error {
  override readonly name: string = "Accepted";
  readonly data: Readonly<Record<string, unknown>>;

  constructor(data: Readonly<Record<string, unknown>>) {
    super("taken, and not done yet");
    this.data = data;
  }
}
