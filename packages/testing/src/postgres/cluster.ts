import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { type PostgresProgram, postgresProgram } from "./program.ts";

/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const AS = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const START_MS = 60_000;
const MEMORY = "/dev/shm";
/** What several databases at once and their log need; containers often have 64 MiB of it. */
const ENOUGH_BYTES = 2 ** 31;

/** In memory where that can be: a database each for hundreds of tests is a hundred thousand files. */
function folderOfClusters(): string {
  if (!existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ENOUGH_BYTES ? MEMORY : tmpdir();
}

/** Ends the server, and takes its files away, however the process ends that started it: by the end of its input. */
const GUARD = `trap : TERM INT HUP; "$@" & server=$!
if read -r signal; then kill -"$signal" $server; wait $server
else kill -QUIT $server; wait $server; rm -rf "$FOLDER"; fi`;

const FAST = ["fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off"];

/**
 * The programs where the unprivileged user may run them: the project may lie in a folder that is its owner's alone. A copy
 * is made once a process and ends with it.
 */
let copied: PostgresProgram | undefined;
function readableByAll(installed: PostgresProgram): PostgresProgram {
  if (isOpenToAll(dirname(installed.postgres))) return installed;
  if (copied !== undefined) return copied;
  const folder = mkdtempSync(join(tmpdir(), "stairwell-pg-programs-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  cpSync(dirname(dirname(installed.postgres)), folder, { recursive: true, verbatimSymlinks: true });
  return (copied = { initdb: join(folder, "bin/initdb"), postgres: join(folder, "bin/postgres") });
}

function isOpenToAll(folder: string): boolean {
  if ((statSync(folder).mode & 0o001) === 0) return false;
  return dirname(folder) === folder || isOpenToAll(dirname(folder));
}

/** A PostgreSQL server of this run, on a socket in a folder of its own. */
export class PostgresCluster {
  readonly #folder: string;
  readonly #settings: readonly string[];
  readonly #postgres: string;
  #guard: ChildProcess | undefined;

  private constructor(folder: string, postgres: string, settings: readonly string[]) {
    this.#folder = folder;
    this.#postgres = postgres;
    this.#settings = settings;
  }

  /**
   * `isDurable`: as it would be run for real, with its files below `parent`. Throws where there is no PostgreSQL for this
   * machine.
   */
  static async start({
    isDurable = false,
    parent = folderOfClusters(),
  }: { isDurable?: boolean; parent?: string } = {}): Promise<PostgresCluster> {
    const installed = postgresProgram();
    if (installed === undefined) throw new Error("there is no PostgreSQL for this machine; name one in DATABASE_URL");
    const program = AS.uid === undefined ? installed : readableByAll(installed);
    const folder = mkdtempSync(join(parent, "stairwell-pg-"));
    if (AS.uid !== undefined) chownSync(folder, AS.uid, AS.gid);
    // Not the order of bytes: what must be ordered so has to say it.
    const locale = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"];
    const auth = ["--username=stairwell", "--auth=trust", "--encoding=UTF8"];
    const args = ["-D", join(folder, "data"), ...auth, ...locale, "--no-sync", "--no-instructions"];
    await promisify(execFile)(program.initdb, args, { ...AS, cwd: folder });
    const settings = ["max_connections=500", "shared_buffers=64MB", ...(isDurable ? [] : FAST)];
    const cluster = new PostgresCluster(folder, program.postgres, settings);
    await cluster.startAgain();
    return cluster;
  }

  /** The process whose children are all of the server's. */
  get pid(): number {
    return this.#guard!.pid!;
  }

  /** The folder that PostgreSQL keeps everything in. */
  get files(): string {
    return join(this.#folder, "data");
  }

  url(database: string): string {
    return `postgres://stairwell@${encodeURIComponent(this.#folder)}/${database}`;
  }

  /** Starts the server again after `stop`. */
  async startAgain(): Promise<void> {
    const log = openSync(join(this.#folder, "log"), "a");
    const settings = ["listen_addresses=", `unix_socket_directories=${this.#folder}`, ...this.#settings];
    const args = ["-D", join(this.#folder, "data"), ...settings.flatMap((setting) => ["-c", setting])];
    this.#guard = spawn("sh", ["-c", GUARD, "guard", this.#postgres, ...args], {
      ...AS,
      cwd: this.#folder,
      env: { FOLDER: this.#folder, PATH: process.env["PATH"] },
      stdio: ["pipe", log, log],
    });
    // The server must keep nobody alive, and ends with whoever started it.
    this.#guard.unref();
    (this.#guard.stdin as Socket).unref();
    await this.#ready();
  }

  /** Ends the server as an operator would, or as a power cut would; its files stay. */
  async stop(signal: "INT" | "QUIT"): Promise<void> {
    const guard = this.#guard!;
    guard.ref();
    const ended = once(guard, "exit");
    guard.stdin!.end(`${signal}\n`);
    await ended;
  }

  /** Ends the server and takes its files away. */
  async remove(): Promise<void> {
    const guard = this.#guard!;
    guard.ref();
    const ended = guard.exitCode === null ? once(guard, "exit") : undefined;
    guard.stdin!.end();
    await ended;
  }

  async #ready(): Promise<void> {
    for (const deadline = Date.now() + START_MS; ;) {
      const client = new Client({ connectionString: this.url("postgres") });
      try {
        await client.connect();
        return await client.end();
      } catch (error) {
        client.end().catch(() => {});
        const log = () => readFileSync(join(this.#folder, "log"), "utf8").slice(-2000);
        if (Date.now() > deadline || this.#guard!.exitCode !== null) throw new Error(log(), { cause: error });
        await wait(20);
      }
    }
  }
}
