import { globSync } from "node:fs";

/** The paths, from the root, of all test files of the project. */
export function testFiles(root: string): string[] {
  return globSync("{packages,tools,bench}/**/*.test.ts", { cwd: root, exclude: ["**/node_modules/**"] }).sort();
}
