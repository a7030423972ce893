/**
 * Files whose tests take long, measure their own process or end others: each has a process for itself, and they come first, so
 * that a run does not end with one of them on one core.
 */
const ALONE = [
  "packages/server/test/crash/",
  "packages/server/test/nodes/storm.test.ts",
  "packages/server/test/proxies/",
  "packages/server/test/simulator/",
  "packages/server/test/stream/resume.test.ts",
  "packages/server/test/stream/slow",
  "packages/server/test/stream/reset.test.ts",
  "packages/server/test/model/",
  "packages/server/test/bundles/memory.test.ts",
  "packages/server/test/blobs/on-s3.test.ts",
  "packages/server/test/moving/",
  // Their tests stand in another file, so that among others nobody could tell whether they have any.
  "packages/server/test/stream/scripts-",
];
/** Folders whose tests take longest of those that share: few do, and they come next. */
const LONG = [
  "packages/server/test/nodes/",
  "packages/server/test/federation/",
  "packages/server/test/bundles/",
  "packages/server/test/races/",
  "packages/server/test/blobs/",
  "packages/server/test/db/postgres/",
];
/** Starting a process and loading the server costs most of a second of processor time: as much as the tests of many a file. */
const SHARE = 12;
const SHARE_OF_LONG = 8;

/** The files, as they share processes: those for themselves first, then the long ones, then neighbours. */
export function groupsOf(files: readonly string[]): string[][] {
  const rank = (file: string): number => ALONE.findIndex((path) => file.startsWith(path));
  const alone = files.filter((file) => rank(file) >= 0).toSorted((a, b) => rank(a) - rank(b));
  const shared = files.filter((file) => rank(file) < 0);
  const long = LONG.flatMap((path) =>
    inShares(
      shared.filter((file) => file.startsWith(path)),
      SHARE_OF_LONG,
    ),
  );
  const others = Map.groupBy(
    shared.filter((file) => !LONG.some((path) => file.startsWith(path))),
    areaOf,
  );
  return [...alone.map((file) => [file]), ...long, ...[...others.values()].flatMap((area) => inShares(area, SHARE))];
}

/** Where a file's neighbours are: the sources of a package, its tests, or a folder beside the packages. */
export function areaOf(file: string): string {
  const parts = file.split("/");
  return parts.slice(0, parts[0] === "packages" ? 3 : 1).join("/");
}

/** As many parts as are needed, of nearly the same size. */
function inShares(files: readonly string[], share: number): string[][] {
  const parts = Math.ceil(files.length / share);
  return Array.from({ length: parts }, (_, part) => files.filter((_, i) => i % parts === part));
}
