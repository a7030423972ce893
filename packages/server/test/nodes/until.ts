/** Looks until something holds. Fails after `withinMs`, with what was looked for. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  { withinMs = 15_000, what = String(holds) }: { withinMs?: number; what?: string } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`within ${withinMs} ms it did not come to: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
