import { dirname } from "node:path";

/**
 * Folders and files whose tests take long, measure their own process or end others: each file has a process for itself,
 * and they come first, so that a run does not end with one of them on one core.
 */
const ALONE = [
  "packages/server/test/crash/",
  "packages/server/test/nodes/",
  "packages/server/test/proxies/",
  "packages/server/test/simulator/",
  "packages/server/test/stream/resume.test.ts",
  "packages/server/test/stream/slow",
  "packages/server/test/stream/reset.test.ts",
  "packages/server/test/model/",
  "packages/server/test/races/",
  "packages/server/test/blobs/",
  "packages/server/test/bundles/",
  "packages/server/test/moving/",
  "packages/server/test/db/postgres/",
  // Their tests stand in another file, so that among others nobody could tell whether they have any.
  "packages/server/test/stream/scripts-",
];
/** Of those that share, whose tests take longest. */
const FIRST = "packages/server/test/federation/";
/** Starting a process and loading the server costs half a second of processor time: as much as the tests of many a file. */
const SHARE = 10;

/** The files, as they share processes: those for themselves first, then neighbours of a folder. */
export function groupsOf(files: readonly string[]): string[][] {
  const rank = (file: string): number => ALONE.findIndex((path) => file.startsWith(path));
  const alone = files.filter((file) => rank(file) >= 0).toSorted((a, b) => rank(a) - rank(b));
  const folders = Map.groupBy(
    files
      .filter((file) => rank(file) < 0)
      .toSorted((a, b) => Number(b.startsWith(FIRST)) - Number(a.startsWith(FIRST))),
    (file) => dirname(file),
  );
  return [...alone.map((file) => [file]), ...[...folders.values()].flatMap(inShares)];
}

/** As many parts as are needed, of nearly the same size. */
function inShares(files: readonly string[]): string[][] {
  const parts = Math.ceil(files.length / SHARE);
  return Array.from({ length: parts }, (_, part) => files.filter((_, i) => i % parts === part));
}
