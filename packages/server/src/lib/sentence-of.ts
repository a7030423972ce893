/** What an error says. Attempts at several addresses of a name fail together, without a word of their own. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, errors } = error as AggregateError;
  return message !== "" || errors === undefined ? message : errors.map((each: Error) => each.message).join("; ");
}
