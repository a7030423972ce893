/**
 * Does `work` for each item, so many at one time, begun in their order. When one fails no more are begun. Settles when
 * nothing is under way any more: with the first fault, if there was one.
 */
export async function inLanes<T>(items: Iterable<T>, lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const faults: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true && faults.length === 0; next = waiting.next()) {
      try {
        await work(next.value);
      } catch (error) {
        faults.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (faults.length > 0) throw faults[0];
}
