/**
 * Which tests run on which engine of the store: `node tools/engines.ts` prints it. Tests below packages/server/test and
 * packages/client/test run on the embedded store and on PostgreSQL, but for those that are named here, each with its reason; all others are of
 * parts that know no store, and run once.
 */
import { testFiles } from "./test-files.ts";

const BOTH = ["packages/server/test/", "packages/client/test/"];

const BYTES = "looks for deleted bytes in the embedded store's files";

/** Files and folders, with why they run once, on the embedded store. */
export const ONCE: Readonly<Record<string, string>> = {
  "packages/server/test/admin/plans.test.ts": "reads the embedded engine's plans of statements",
  "packages/server/test/backup/": "copies a data folder with its store",
  "packages/server/test/blobs/": "is about files and buckets, whatever has the rows",
  "packages/server/test/bundles/zip-writer.test.ts": "is about the bytes of a ZIP",
  "packages/server/test/control/": "is about who holds a data folder with its store",
  "packages/server/test/crash/": "counts, breaks and kills at the embedded engine's own writes and syncs",
  "packages/server/test/db/postgres/": "starts PostgreSQL by itself, whatever the engine of the run",
  "packages/server/test/deletion/incognito-open.test.ts": BYTES,
  "packages/server/test/deletion/key-bytes.test.ts": BYTES,
  "packages/server/test/deletion/killed.test.ts": BYTES,
  "packages/server/test/deletion/redacted-bytes.test.ts": BYTES,
  "packages/server/test/deploy-files.test.ts": "is about files beside the program",
  "packages/server/test/federation/restored.test.ts": "puts a copy of a data folder back",
  "packages/server/test/federation/outbound.test.ts": "is about sockets on their way out, and no store",
  "packages/server/test/federation/proxies.test.ts": "is about sockets on their way out, and no store",
  "packages/server/test/http/": "is about what comes before any store: sockets, headers, bodies, limits",
  "packages/server/test/model/mutants.test.ts":
    "breaks copies of the program to try the stories by, whatever has the rows",
  "packages/server/test/moving/": "moves a store from one engine to the other",
  "packages/server/test/nodes/": "starts nodes on PostgreSQL by itself, whatever the engine of the run",
  "packages/server/test/proxies/": "starts nodes on PostgreSQL by itself, behind nginx and HAProxy",
  "packages/server/test/simulator/": "plays the embedded engine's own commits and crashes",
  "packages/server/test/store/": "is about the embedded engine itself",
  "packages/server/test/stream/restored.test.ts": "puts a copy of a data folder back",
};

/** Those of them that ask for databases. */
const OF_POSTGRES = [
  "packages/server/test/db/postgres/",
  "packages/server/test/moving/",
  "packages/server/test/nodes/",
  "packages/server/test/proxies/",
];

/** Files and folders that are still to run on PostgreSQL, with what is missing. */
export const NOT_YET: Readonly<Record<string, string>> = {};

const MANY = "makes thousands of calls, each a commit, and its neighbours race in every run";

const DOOR = "is mostly about what comes before the store";

const CORE = "shares rooms as those that run on both do, and takes long";

const UNBELIEVED = "refuses what a server says that lies, by what was signed, before any of it comes to the store";

const OF_ONE_FUNCTION = "holds calls against what the rules say of them, in hundreds of cases; neither knows the store";

/** Files and folders that run on PostgreSQL in `npm run test:long` alone, so that `npm test` stays under ten minutes. */
export const LONG: Readonly<Record<string, string>> = {
  "packages/client/test/": "is about the client, which cannot tell what has the rows behind the door",
  "packages/server/test/admin/": "reads and writes rows as its neighbours do, one person at a time",
  "packages/server/test/bundles/": "writes through the same log, and takes long",
  "packages/server/test/crossing/": DOOR,
  "packages/server/test/federation/away.test.ts": CORE,
  "packages/server/test/federation/bounds.test.ts": CORE,
  "packages/server/test/federation/crowd.test.ts": "is about which server is asked when, which no store has",
  "packages/server/test/federation/discovery.test.ts": DOOR,
  "packages/server/test/federation/evil-content.test.ts": UNBELIEVED,
  "packages/server/test/federation/evil-entry.test.ts": UNBELIEVED,
  "packages/server/test/federation/evil-hub.test.ts": UNBELIEVED,
  "packages/server/test/federation/evil-kinds.test.ts": UNBELIEVED,
  "packages/server/test/federation/evil-media.test.ts": CORE,
  "packages/server/test/federation/evil-requests.test.ts": DOOR,
  "packages/server/test/federation/gap.test.ts": CORE,
  "packages/server/test/federation/generated.test.ts": CORE,
  "packages/server/test/federation/generated-answers.test.ts": CORE,
  "packages/server/test/federation/history.test.ts": CORE,
  "packages/server/test/federation/killed.test.ts": CORE,
  "packages/server/test/federation/large-room.test.ts": CORE,
  "packages/server/test/federation/leaving.test.ts": CORE,
  "packages/server/test/federation/many-names.test.ts": "is about what is remembered of names that nobody has",
  "packages/server/test/federation/media.test.ts": CORE,
  "packages/server/test/federation/parked.test.ts": CORE,
  "packages/server/test/federation/processes.test.ts": CORE,
  "packages/server/test/federation/profiles.test.ts": CORE,
  "packages/server/test/federation/replicas.test.ts": CORE,
  "packages/server/test/federation/typing.test.ts": "is about what no store ever has",
  "packages/server/test/federation/wiped.test.ts": CORE,
  "packages/server/test/federation/withdrawn.test.ts": CORE,
  "packages/server/test/input/": DOOR,
  "packages/server/test/media/": "is mostly about files",
  "packages/server/test/members/can.test.ts": OF_ONE_FUNCTION,
  "packages/server/test/members/can-target.test.ts": OF_ONE_FUNCTION,
  "packages/server/test/messages/content-form.test.ts": DOOR,
  "packages/server/test/messages/content-size.test.ts": DOOR,
  "packages/server/test/model/": "plays random stories on a server each, which take minutes there",
  "packages/server/test/races/capacity.test.ts": MANY,
  "packages/server/test/races/positions.test.ts": MANY,
  "packages/server/test/reading/": "walks random histories, which take long",
  "packages/server/test/stream/": "hears what rows and hub tell on one node; tests of nodes hear it in every run",
};

/** Whether a test file asks for databases whatever the engine of its run: one server for all of them costs less than theirs. */
export function asksForPostgres(file: string): boolean {
  return OF_POSTGRES.some((folder) => file.startsWith(folder));
}

/** Whether a test file, by its path from the root, runs on PostgreSQL too. */
export function runsOnPostgres(file: string, isLong: boolean): boolean {
  if (!BOTH.some((folder) => file.startsWith(folder))) return false;
  const isIn = (list: Readonly<Record<string, string>>) => Object.keys(list).some((path) => file.startsWith(path));
  return !isIn(ONCE) && !isIn(NOT_YET) && (isLong || !isIn(LONG));
}

if (import.meta.main) {
  const files = testFiles(process.cwd());
  const both = files.filter((file) => runsOnPostgres(file, true));
  console.log(`${both.length} of ${files.length} test files run on the embedded store and on PostgreSQL.`);
  console.log("\nOnce:");
  for (const [path, reason] of Object.entries(ONCE)) console.log(`  ${path} ${reason}`);
  console.log("\nOn PostgreSQL in the long run alone:");
  for (const [path, reason] of Object.entries(LONG)) console.log(`  ${path} ${reason}`);
  console.log("\nNot yet on PostgreSQL:");
  if (Object.keys(NOT_YET).length === 0) console.log("  nothing is missing");
  for (const [path, reason] of Object.entries(NOT_YET)) console.log(`  ${path} ${reason}`);
}
