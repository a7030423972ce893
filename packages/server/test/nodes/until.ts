/** Looks until something holds. Fails after a minute, with what was looked for. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  { what = String(holds) }: { what?: string } = {},
): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`within a minute it did not come to: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
