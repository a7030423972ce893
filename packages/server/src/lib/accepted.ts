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

/** The same, where what was taken is answered as it was given, not as it is kept. */
export function acceptedAs<T>(doing: Promise<T>, given: Readonly<Record<string, unknown>>): Promise<T> {
  return doing.catch((error: unknown) => {
    throw error instanceof Accepted ? new Accepted({ ...error.data, ...given }) : error;
  });
}
