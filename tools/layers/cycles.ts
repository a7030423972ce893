import type { SourceFile } from "./tree.ts";

/**
 * The circles in which files import each other at run time, each as its paths in order; one for every file that
 * closes a circle. Types are left out: they are gone before anything runs.
 */
export function cyclesIn(files: readonly SourceFile[]): string[][] {
  const importsOf = new Map(
    files.map(({ path, imports }) => [path, imports.filter((to) => !to.isTypeOnly).map((to) => to.target)]),
  );
  const cycles: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];

  function visit(path: string): void {
    const seenAt = trail.indexOf(path);
    if (seenAt !== -1) cycles.push(trail.slice(seenAt));
    if (seenAt !== -1 || done.has(path)) return;
    trail.push(path);
    for (const target of importsOf.get(path) ?? []) visit(target);
    trail.pop();
    done.add(path);
  }

  for (const path of importsOf.keys()) visit(path);
  return cycles;
}
