import type { Import } from "./imports.ts";
import { DOMAIN, DOORS, GROUND, HTTP, ROOT_FILES } from "./order.ts";
import { beginsSql, hasNamelessSubquery, insertsEvent, readsTime } from "./sql.ts";
import { folderOf, packageOf } from "./tree.ts";

/** One row of the table: what is forbidden where, and what to do instead. */
export interface Rule {
  readonly id: string;
  readonly says: string;
  /** The files for which it holds; tests only when `tests` is set. */
  readonly in: (path: string) => boolean;
  readonly tests?: true;
  /** A place that is itself wrong. */
  readonly place?: (path: string) => boolean;
  readonly imports?: (to: Import, from: string) => boolean;
  readonly code?: RegExp;
  readonly literals?: (text: string) => boolean;
}

const SERVER = "packages/server/src/";
const GROUND_OR_PACKAGE = new Set<string | undefined>([undefined, ...GROUND]);

const everywhere = (): boolean => true;
const inPackage =
  (...names: string[]) =>
  (path: string): boolean =>
    names.includes(packageOf(path));
const inServer = (path: string): boolean => path.startsWith(SERVER);
const inFolder =
  (...names: readonly string[]) =>
  (path: string): boolean =>
    names.includes(folderOf(path) ?? "");
const isOurs = ({ target }: Import): boolean => /^(?:packages|bench)\//.test(target);
const isRoutes = (path: string): boolean => path.endsWith(".routes.ts");
/** The parts of the composition root. */
const isBuilder = (path: string): boolean => path.startsWith(`${SERVER}build-`);

/** Forbids the packages of ours that are not named; an `@` asks for the public entry alone. */
const onlyOurs =
  (...allowed: string[]) =>
  (to: Import, from: string): boolean => {
    const name = packageOf(to.target);
    if (!isOurs(to) || name === packageOf(from) || allowed.includes(name)) return false;
    return !(allowed.includes(`@${name}`) && to.specifier === `@stairwell/${name}`);
  };

function isNotBefore(order: readonly string[], to: Import, from: string): boolean {
  const mine = folderOf(from)!;
  const theirs = folderOf(to.target);
  return theirs !== undefined && theirs !== mine && order.indexOf(theirs) >= order.indexOf(mine);
}

function isOutside(order: readonly string[], { target }: Import): boolean {
  const folder = folderOf(target);
  return folder !== undefined && !order.includes(folder);
}

export const RULES: readonly Rule[] = [
  {
    id: "protocol-alone",
    says: "protocol imports typebox and its own files, nothing else: it runs in every browser and server; hand it what it needs",
    in: inPackage("protocol"),
    imports: (to, from) => packageOf(to.target) !== packageOf(from) && !/^typebox(?:\/|$)/.test(to.target),
  },
  {
    id: "protocol-pure",
    says: "protocol has no clock, no randomness, no I/O: the same facts must give the same answer; take the time or the salt as a value",
    in: inPackage("protocol"),
    code: /\bDate\s*\.\s*now\b|\bnew\s+Date\b(?!\s*\(\s*[^)\s])|\bMath\s*\.\s*random\b|(?<![.\w$])(?:performance|crypto|process|console)\s*\.|(?<![.\w$])(?:fetch|setTimeout|setInterval|queueMicrotask)\s*\(/g,
  },
  {
    id: "client-protocol-only",
    says: "client imports protocol and its own files, nothing else and no Node built-ins: it runs in browsers too",
    in: inPackage("client"),
    imports: (to, from) => !isOurs(to) || onlyOurs("protocol")(to, from),
  },
  {
    id: "faces-client-only",
    says: "web and mcp know client and protocol only: what they need from the server is a call of the API",
    in: inPackage("web", "mcp"),
    imports: onlyOurs("client", "protocol"),
  },
  {
    id: "cli-public-entry",
    says: "cli knows client, protocol and the public entry of server: export there what a command needs",
    in: inPackage("cli"),
    imports: onlyOurs("client", "protocol", "@server"),
  },
  {
    id: "testing-public-entry",
    says: "testing knows client, protocol and the public entry of server: tests are worth more from the outside",
    in: inPackage("testing"),
    imports: (to, from) => to.target !== `${SERVER}testing.ts` && onlyOurs("client", "protocol", "@server")(to, from),
  },
  {
    id: "server-protocol-only",
    says: "of our packages the server knows protocol only: the others are built on it",
    in: inPackage("server"),
    imports: onlyOurs("protocol"),
  },
  {
    id: "packages-by-name",
    says: "another package is imported by its name: what its `exports` do not offer is its own affair",
    in: everywhere,
    tests: true,
    imports: (to, from) => to.specifier?.startsWith(".") === true && packageOf(to.target) !== packageOf(from),
  },
  {
    id: "imports-readable",
    says: "an import names its file: a computed one cannot be checked",
    in: everywhere,
    imports: ({ specifier }) => specifier === undefined,
  },
  {
    id: "tests-unimported",
    says: "tests are imported by nothing: move what is shared to the testing package or, for tests, to a file that is no test",
    in: everywhere,
    tests: true,
    imports: ({ target }, from) =>
      /\.test\.tsx?$/.test(target) || (/\/test\//.test(target) && !/\/test\/|\.test\.tsx?$/.test(from)),
  },
  {
    id: "known-folder",
    says: "the server has the folders of tools/layers/order.ts and main.ts, server.ts with server-options.ts, ground.ts, doors.ts and build-*.ts, index.ts: give a new folder its place there",
    in: inServer,
    tests: true,
    place: (path) => {
      const folder = folderOf(path)!;
      if (folder === "") return !ROOT_FILES.some((name) => path === SERVER + name) && !path.endsWith(".test.ts");
      return ![...GROUND, ...DOMAIN, ...DOORS, HTTP].includes(folder as never);
    },
  },
  {
    id: "composition-root",
    says: "only main.ts, testing.ts and control/ import server.ts, only server.ts imports doors.ts, only doors.ts and each other build-*.ts, only index.ts imports main.ts, and nothing imports index.ts: take the part you need as an argument",
    in: inServer,
    imports: ({ target }, from) =>
      (target === `${SERVER}main.ts` && from !== `${SERVER}index.ts`) ||
      (target === `${SERVER}doors.ts` && from !== `${SERVER}server.ts`) ||
      (isBuilder(target) && from !== `${SERVER}doors.ts` && !isBuilder(from)) ||
      target === `${SERVER}index.ts` ||
      (target === `${SERVER}server.ts` && folderOf(from) !== "" && folderOf(from) !== "control"),
  },
  {
    id: "main-small",
    says: "main.ts goes from configuration to server to signals: what it needs beyond is built in server.ts",
    in: (path) => path === `${SERVER}main.ts`,
    imports: ({ target }) => inServer(target) && !["", "config", "lib", "control"].includes(folderOf(target)!),
  },
  {
    id: "ground-low",
    says: "lib, config, db and receipts know no domain folder, and each only those before it: take what varies as an argument",
    in: inFolder(...GROUND),
    imports: (to, from) => isOutside(GROUND, to) || isNotBefore(GROUND, to, from),
  },
  {
    id: "events-low",
    says: "events knows db, nodes, lib, protocol and the types of tenants: what must react to an event is a projection, given by build-log.ts",
    in: inFolder("events"),
    imports: ({ target, isTypeOnly }) => {
      const folder = folderOf(target);
      return ![undefined, "events", "db", "nodes", "lib"].includes(folder) && !(folder === "tenants" && isTypeOnly);
    },
  },
  {
    id: "domain-order",
    says: "a domain folder knows the ground and the domain folders before it (tools/layers/order.ts), and its routes know http: give it the rest as an argument",
    in: (path) => inFolder(...DOMAIN)(path) && folderOf(path) !== "events",
    imports: (to, from) => {
      const folder = folderOf(to.target);
      if (GROUND_OR_PACKAGE.has(folder) || (folder === HTTP && isRoutes(from))) return false;
      return isOutside(DOMAIN, to) || isNotBefore(DOMAIN, to, from);
    },
  },
  {
    id: "folder-door",
    says: "another folder's files are reached by its index.ts (by http also its .routes.ts): export there what others may use",
    in: inServer,
    imports: ({ target }, from) => {
      const folder = folderOf(target);
      if (folder === folderOf(from) || ![...DOMAIN, ...DOORS].includes(folder as never)) return false;
      if (target === `${SERVER}${folder}/index.ts`) return false;
      return !(isRoutes(target) && folderOf(from) === HTTP);
    },
  },
  {
    id: "doors-apart",
    says: "stream, federation, bundles and control do not know each other: what two of them need belongs to a domain folder or to lib",
    in: inFolder(...DOORS),
    imports: ({ target }, from) => folderOf(target) !== folderOf(from) && inFolder(...DOORS)(target),
  },
  {
    id: "sql-in-stores",
    says: "only *.store.ts and db/ hold SQL: name what you want from the table as a function of its store",
    in: (path) => inServer(path) && !path.endsWith(".store.ts") && folderOf(path) !== "db",
    literals: beginsSql,
  },
  {
    id: "log-inserts-alone",
    says: "only events/append.ts inserts events: a row beside the chain is no event; hand a draft to the log",
    in: (path) => inServer(path) && path !== `${SERVER}events/events.store.ts`,
    literals: insertsEvent,
  },
  {
    id: "log-insert-private",
    says: "insertEvent of events.store.ts is for events/append.ts alone: hand a draft to the log",
    in: (path) => inServer(path) && !/\/events\/(?:append|events\.store)\.ts$/.test(path),
    code: /\binsertEvents?\b/g,
  },
  {
    id: "web-framework",
    says: "only *.routes.ts, http/ and stream/ know the web framework: an operation takes values and gives values",
    in: (path) => inServer(path) && !isRoutes(path) && !inFolder(HTTP, "stream")(path),
    imports: ({ target }) => /^(?:fastify|ws)(?:\/|$)|^fastify-|^@fastify\/|^@scalar\/fastify/.test(target),
  },
  {
    id: "environment-in-config",
    says: "only config/ reads the environment (cli: process.env.STAIRWELL_URL and _TOKEN): a setting has a name, a check and a default there",
    in: (path) => inPackage("protocol", "client", "web", "mcp", "server")(path) && folderOf(path) !== "config",
    code: /\bprocess\s*\??\.\s*env\b|\bprocess\s*\[/g,
    imports: ({ target }) => /^(?:node:)?process$/.test(target),
  },
  {
    id: "cli-environment",
    says: "cli reads process.env.STAIRWELL_URL and process.env.STAIRWELL_TOKEN, nothing else: other settings are read by the server's config",
    in: inPackage("cli"),
    code: /\bprocess\s*\??\.\s*env\b(?!\s*\.\s*STAIRWELL_(?:URL|TOKEN)\b)|\bprocess\s*\[/g,
    imports: ({ target }) => /^(?:node:)?process$/.test(target),
  },
  {
    id: "time-in-clock",
    says: "only lib/clock.ts reads the time: take a Clock, so that tests can set it",
    in: (path) => inServer(path) && path !== `${SERVER}lib/clock.ts`,
    code: /\bDate\s*\.\s*now\b|\bnew\s+Date\b(?!\s*\(\s*[^)\s])|(?<!\bnew\s+)(?<![.\w$])Date\s*\(|\bperformance\s*\.\s*(?:now|timeOrigin)\b|\bhrtime\b/g,
  },
  {
    id: "time-not-in-sql",
    says: "SQL does not read the time either: pass it as a value",
    in: inServer,
    literals: readsTime,
  },
  {
    id: "subqueries-have-names",
    says: "a subquery that is read from has a name: PostgreSQL 15, which the server takes, refuses one without",
    in: inServer,
    literals: hasNamelessSubquery,
  },
];
