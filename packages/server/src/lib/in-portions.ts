/** What comes one by one, some at a time: the last portion has what is left, and none is empty. */
export async function* inPortions<T>(all: Iterable<T> | AsyncIterable<T>, most: number): AsyncGenerator<T[]> {
  let portion: T[] = [];
  for await (const one of all) {
    if (portion.push(one) < most) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}
