import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Locked {
  resolved?: string;
  integrity?: string;
  link?: boolean;
  optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * What is wrong with a lockfile, one sentence each: a package from a named host, one that nothing vouches for, or one
 * that is missing. A package for another platform that the registry did not have is left out silently when the
 * lockfile is made, and makes every later `npm ci` fail.
 */
export function lockfileFaults(lockfile: { packages?: Readonly<Record<string, Locked>> }): string[] {
  const installed = Object.entries(lockfile.packages ?? {}).filter(([path]) => path.includes("node_modules/"));
  if (installed.length === 0) return ["the lockfile holds no package"];
  const names = new Set(installed.map(([path]) => path.replace(/^.*node_modules\//, "")));
  return installed.flatMap(([path, { resolved, integrity, link, optionalDependencies = {} }]) => [
    ...(resolved?.includes("://") ? [`${path} is tied to a host: keep omit-lockfile-registry-resolved in .npmrc`] : []),
    ...(link === true || integrity !== undefined ? [] : [`${path} has no integrity hash`]),
    ...Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map((name) => `${name} of ${path} is missing: use a version that the registry has for every platform`),
  ]);
}

if (import.meta.main) {
  const path = join(import.meta.dirname, "../package-lock.json");
  const faults = lockfileFaults(JSON.parse(readFileSync(path, "utf8")) as Parameters<typeof lockfileFaults>[0]);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
