import { test } from "node:test";
import { pathToFileURL } from "node:url";

/** Loads test files into this process, one after the other. One that does not load is a test of its name that failed. */
export async function playFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      await import(pathToFileURL(path).href);
    } catch (error) {
      test(path, () => {
        throw error;
      });
    }
  }
}
