import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { debianProgram, freePort, isListening, type Program } from "@stairwell/testing";
import { GOOD } from "../federation/tls.ts";
import { until } from "../nodes/until.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const isRoot = process.getuid?.() === 0;

/** How a load balancer is made ready and started with the example that is given for it. */
export interface Kind {
  readonly path: string;
  readonly packages: readonly string[];
  /** The example, from the root of the project. */
  readonly example: string;
  /** What is replaced in the example so that it serves on `port` before `nodes`; each must be there. */
  changes(port: number, nodes: readonly string[], folder: string): readonly (readonly [string, string])[];
  /** Writes what it is started with, and answers its arguments, for `isCheck` those that only look at it. */
  prepare(text: string, folder: string, isCheck: boolean): string[];
}

export const KINDS: Readonly<Record<string, Kind>> = {
  nginx: {
    path: "usr/sbin/nginx",
    packages: ["nginx", "libpcre2-8-0"],
    example: "deploy/nginx.conf",
    changes: (port, [one, two]) => [
      ["listen 443 ssl;", `listen 127.0.0.1:${port};`],
      ["ssl_certificate     /etc/nginx/rooms.acme.example.pem;", ""],
      ["ssl_certificate_key /etc/nginx/rooms.acme.example.key;", ""],
      ["server 127.0.0.1:8080", `server ${one}`],
      ["server 127.0.0.1:8081", `server ${two}`],
    ],
    prepare(text, folder, isCheck) {
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
      const main = [
        ...(isRoot ? ["user root;"] : []),
        `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr warn;`,
        `events { worker_connections 1024; }`,
        `http { access_log ${folder}/access.log;`,
        ...temporary.map((name) => `${name}_temp_path ${folder}/${name};`),
        `include ${folder}/site.conf; }`,
      ];
      writeFileSync(join(folder, "main.conf"), main.join("\n"));
      writeFileSync(join(folder, "site.conf"), text);
      return ["-e", "stderr", "-p", folder, "-c", "main.conf", ...(isCheck ? ["-t"] : [])];
    },
  },
  HAProxy: {
    path: "usr/sbin/haproxy",
    packages: ["haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1", "libpcre2-8-0"],
    example: "deploy/haproxy.cfg",
    changes: (port, [one, two]) => [
      ["maxconn 100000", "maxconn 1000"],
      ["bind :8080", `bind 127.0.0.1:${port}`],
      ["server one one:8080", `server one ${one}`],
      ["server two two:8080", `server two ${two}`],
    ],
    prepare(text, folder, isCheck) {
      // Of a machine that looks up no names.
      const here = existsSync("/etc/resolv.conf") ? text : text.replace("  parse-resolv-conf\n", "");
      writeFileSync(join(folder, "haproxy.cfg"), here);
      return ["-f", join(folder, "haproxy.cfg"), ...(isCheck ? ["-c"] : ["-db"])];
    },
  },
};

async function programOf({ path, packages }: Kind): Promise<Program> {
  const program = await debianProgram(path, packages);
  if (program === undefined) throw new Error(`there is no ${path} here, and none could be fetched`);
  return program;
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-proxy-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What the program itself says of a configuration: nothing where it takes it. */
export async function saysOf(t: TestContext, kind: Kind, text: string): Promise<string> {
  const { file, env } = await programOf(kind);
  const folder = folderFor(t);
  for (const [name, pem] of Object.entries({ pem: GOOD.cert + GOOD.key, key: GOOD.key })) {
    writeFileSync(join(folder, `rooms.acme.example.${name}`), pem);
  }
  // The port may be another's, or for root alone.
  const here = text
    .replace("listen 443 ssl", `listen 127.0.0.1:${await freePort()} ssl`)
    .replaceAll(/\/etc\/(?:nginx|haproxy)\/(?=rooms)/g, `${folder}/`);
  const { status, stdout, stderr } = spawnSync(file, kind.prepare(here, folder, true), { env, encoding: "utf8" });
  const said = `${stdout}${stderr}`.split("\n");
  // The examples name servers that are not there.
  const faults = said.filter(
    (line) => /\[(?:warn|alert|emerg|error)/i.test(line) && !/could not resolve address|no nameservers/.test(line),
  );
  return status === 0 ? faults.join("\n") : said.join("\n");
}

/** The example for one server, of the documentation. */
export function documentedOf(name: string): string {
  const text = readFileSync(join(ROOT, "docs/operating/running.md"), "utf8");
  return new RegExp(`\`\`\`${name.toLowerCase()}\n(.*?)\`\`\``, "s").exec(text)![1]!;
}

export function exampleOf({ example }: Kind): string {
  return readFileSync(join(ROOT, example), "utf8");
}

/** A load balancer that runs with the example, before two servers. */
export class Proxy {
  readonly url: string;
  readonly #folder: string;

  private constructor(url: string, folder: string) {
    this.url = url;
    this.#folder = folder;
  }

  static async start(t: TestContext, kind: Kind, urls: readonly [string, string]): Promise<Proxy> {
    const { file, env } = await programOf(kind);
    const folder = folderFor(t);
    const port = await freePort();
    let text = exampleOf(kind);
    const nodes = urls.map((url) => new URL(url).host);
    for (const [found, put] of kind.changes(port, nodes, folder)) {
      assert.equal(text.split(found).length, 2, `${kind.example} has ${found} once`);
      text = text.replace(found, put);
    }
    const child = spawn(file, kind.prepare(text, folder, false), { env, stdio: ["ignore", "pipe", "pipe"] });
    const said = messagesOf(child);
    t.after(() => ended(child));
    await until(async () => {
      assert.equal(child.exitCode, null, said());
      return isListening(port);
    });
    const proxy = new Proxy(`http://127.0.0.1:${port}`, folder);
    // Whoever looks at its servers before it passes on has not seen them yet.
    await until(async () => (await fetch(`${proxy.url}/readyz`)).status === 200);
    return proxy;
  }

  /** What it wrote of requests, where it does. */
  get accessLog(): string {
    const path = join(this.#folder, "access.log");
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }
}

function messagesOf(child: ChildProcess): () => string {
  let said = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on("data", (bytes: Buffer) => (said = (said + bytes.toString()).slice(-8000)));
  }
  const endWithUs = (): void => void child.kill("SIGTERM");
  process.once("exit", endWithUs);
  child.once("exit", () => process.off("exit", endWithUs));
  return () => said;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}
