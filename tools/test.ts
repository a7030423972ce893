/**
 * Runs the tests of the folder it is started in: `node tools/test.ts [part of a path …]`. Those that rest on a store run on
 * each engine (tools/engines.ts), or on the one that `STAIRWELL_TEST_ENGINE` names (`sqlite`, `postgres`); their names on
 * the second one end with it.
 * Whatever failed on either engine is told once more at the end, with its reason.
 * The last line is `N passed, N failed` and, where tests were skipped, `, N skipped`.
 * Exit code 1 when a test failed, when none ran, and, with `CI=true`, when one was skipped.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { asksForPostgres, runsOnPostgres } from "./engines.ts";
import { testFiles } from "./test-files.ts";
import { groupsOf } from "./test-groups.ts";

const isLong = process.env["STAIRWELL_TEST_LONG"] === "1";
/** A run of which nothing was heard for so long hangs. */
const stallMs = Number(process.env["STAIRWELL_TEST_STALL_MS"] ?? (isLong ? 30 : 3) * 60_000);
/** Much of what tests do is to wait, for a disk, a process, a time: one more than there are cores keeps those busy. */
const processes = availableParallelism() + 1;
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "../node_modules/.cache/node");

const WITHOUT_HOOKS = pathToFileURL(join(import.meta.dirname, "without-hooks.ts")).href;
/** Of the reason of a failure, at the end of a run. */
const MOST_LINES = 60;
const MOST_OF_MESSAGES = 5000;
const MEMORY = "/dev/shm";
/** Several times what all of a run have there at once. */
const ENOUGH_BYTES = 2 ** 32;
/** How packages/testing tells the seeds of a process in which a test failed. */
const SEEDS = "A test failed in a process that drew";

const root = process.cwd();
const wanted = process.argv.slice(2);
const files = testFiles(root).filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
const again = files.filter((file) => runsOnPostgres(file, isLong));
const only = process.env["STAIRWELL_TEST_ENGINE"];

const open = new Set<string>();
const empty = new Set<string>();
const entries = mkdtempSync(join(placeOfFiles(), "stairwell-tests-"));
process.once("exit", () => rmSync(entries, { recursive: true, force: true }));
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
  process.once(signal, () => process.exit(code));
// Not root alone runs what lies there: PostgreSQL refuses to.
chmodSync(entries, 0o711);
process.env["TMPDIR"] = entries;
const failures: { what: string; process: string }[] = [];
/** What each process said on its standard error, the last of it. */
const messages = new Map<string, string>();
const stalled = new AbortController();
const counts = { tests: 0, passed: 0, skipped: 0, todo: 0 };

const watchdog = setTimeout(() => {
  stalled.abort(new Error(`nothing was heard for ${stallMs / 1000} s from ${[...open].join(", ")}`));
}, stallMs);

const onSqlite = only === "postgres" ? [] : files;
const onPostgres = only === "sqlite" ? [] : again;
const release = [...onSqlite.filter(asksForPostgres), ...onPostgres].length > 0 ? await startPostgres() : undefined;
try {
  if (only !== "postgres") await runOn("sqlite", onSqlite);
  if (onPostgres.length > 0 && !stalled.signal.aborted) await runOn("postgres", onPostgres);
} finally {
  await release?.();
}
clearTimeout(watchdog);

/**
 * Where tests put their files: in memory, where there is room and no other place is named. Nothing that they prove rests on a
 * disk but for what the power's going leaves, and much of what they cost. The long run has one all the same.
 */
function placeOfFiles(): string {
  if (isLong || process.env["TMPDIR"] !== undefined || !existsSync(MEMORY)) return tmpdir();
  const [, , , options = ""] =
    readFileSync("/proc/mounts", "utf8")
      .match(/^\S+ \/dev\/shm \S+ \S+/m)?.[0]
      .split(" ") ?? [];
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ENOUGH_BYTES && !options.split(",").includes("noexec") ? MEMORY : tmpdir();
}

/** Runs files on an engine, and adds up what came of them. */
async function runOn(engine: "sqlite" | "postgres", paths: readonly string[]): Promise<void> {
  // Its processes are given our environment.
  process.env["STAIRWELL_TEST_ENGINE"] = engine;
  const whole = new Set(paths.map((path) => join(root, path)));
  const groups = groupsOf(paths);
  const started = groups.map((group, i) => entryOf(group, `${engine}-${i}`));
  const seen = new Set<string>();
  const events = run({
    files: started,
    concurrency: processes,
    isolation: "process",
    execArgv: ["--disable-warning=ExperimentalWarning", `--import=${WITHOUT_HOOKS}`],
    signal: stalled.signal,
  });
  events.on("data", () => watchdog.refresh());
  events.on("test:dequeue", ({ name }) => open.add(name));
  events.on("test:complete", ({ name }) => open.delete(name));
  // A process in which no test runs is reported as a test of its own that passed.
  events.on("test:pass", ({ name, file }) => {
    if (name !== file) return void seen.add(file!);
    counts.tests--;
    counts.passed--;
    if (whole.has(name)) empty.add(`${name} on ${engine}`);
  });
  events.on("test:fail", ({ name, file, line, details: { error } }) => {
    seen.add(whole.has(name) ? name : file!);
    // A test whose parts failed has no reason of its own.
    if ((error as { failureType?: string }).failureType === "subtestsFailed") return;
    const place = `${relative(root, file ?? name)}:${line ?? 1}`;
    const reason = indented(inspect(error.cause ?? error));
    failures.push({ what: `✖ ${name} [${engine}]\n  ${place}\n${reason}`, process: name });
  });
  events.on("test:stderr", ({ file, message }) => {
    messages.set(file, ((messages.get(file) ?? "") + message).slice(-MOST_OF_MESSAGES));
  });
  events.on("test:summary", (summary) => {
    if (summary.file !== undefined) return;
    for (const key of ["tests", "passed", "skipped", "todo"] as const) counts[key] += summary.counts[key];
  });
  if (engine === "sqlite") await pipeline(events, new spec(), process.stdout, { end: false });
  else await pipeline(events, named, new spec(), process.stdout, { end: false });
  if (stalled.signal.aborted) return;
  const shared = groups.filter((group) => group.length > 1).flat();
  for (const path of shared.map((file) => join(root, file))) if (!seen.has(path)) empty.add(`${path} on ${engine}`);
}

/** What a process is started with: a file of one's own, or one that loads all of a group. */
function entryOf(group: readonly string[], name: string): string {
  const paths = group.map((file) => join(root, file));
  if (paths.length === 1) return paths[0]!;
  const entry = join(entries, `${name}-${group[0]!.replaceAll("/", "-")}-and-${group.length - 1}-more.mjs`);
  const playing = pathToFileURL(join(import.meta.dirname, "play-files.ts")).href;
  writeFileSync(entry, `import { playFiles } from "${playing}";\nawait playFiles(${JSON.stringify(paths)});\n`);
  return entry;
}

/** Tells the tests of the second engine from those of the first. */
async function* named(events: AsyncIterable<{ type: string; data: { name?: string } }>): AsyncGenerator {
  for await (const { type, data } of events) {
    yield { type, data: data.name === undefined ? data : { ...data, name: `${data.name} [PostgreSQL]` } };
  }
}

/** The PostgreSQL that is given, or one for this run; answers what ends it. */
async function startPostgres(): Promise<() => Promise<void>> {
  if ((process.env["STAIRWELL_TEST_POSTGRES"] ?? process.env["DATABASE_URL"]) !== undefined) return async () => {};
  const { PostgresCluster } = await import("@stairwell/testing");
  const cluster = await PostgresCluster.start();
  process.env["STAIRWELL_TEST_POSTGRES"] = cluster.url("postgres");
  return () => cluster.remove();
}

/** As much of a reason as says what happened. */
function indented(reason: string): string {
  const lines = reason.split("\n").filter((line) => !/^\s+at .*node:internal/.test(line));
  return lines.slice(0, MOST_LINES).join("\n").replaceAll(/^/gm, "    ");
}

const skipped = counts.skipped + counts.todo;
const { passed } = counts;
const failed = counts.tests - passed - skipped + empty.size;
const isRefused = skipped > 0 && process.env["CI"] === "true";

console.log();
for (const { what, process: name } of failures) console.log(`${what}\n${indented(messages.get(name) ?? "")}\n`);
for (const text of messages.values()) {
  for (const line of text.split("\n")) if (line.startsWith(SEEDS)) console.log(line);
}
for (const file of empty) console.log(`${file} has no test`);
if (passed + failed === 0) console.log("no test ran");
if (isRefused) console.log("in CI nothing may be skipped");
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 || isRefused ? 1 : 0;
