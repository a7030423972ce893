import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { loadConfig } from "../src/config/index.ts";
import { SETTINGS } from "../src/config/schema.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FILES = globSync(["compose.scale.yaml", "deploy/**/*"], { cwd: ROOT, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name));
const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");

// Documents of every shape; a wrong guess fails the assertions.
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;

function parsed(path: string): Loose {
  const [document, ...more] = parseAllDocuments(readFileSync(path, "utf8"), { merge: true, uniqueKeys: true });
  assert.deepEqual([more.length, (document as Loose).errors, (document as Loose).warnings], [0, [], []], path);
  return (document as Loose).toJS();
}

const kubernetes = (name: string): Loose => parsed(join(ROOT, "deploy/kubernetes", `${name}.yaml`));

test("files for deployment name settings that there are", () => {
  const known = new Set(SETTINGS.map(({ variable }) => variable));
  let found = 0;
  for (const file of FILES) {
    for (const [variable] of readFileSync(file, "utf8").matchAll(/\bSTAIRWELL_[A-Z0-9_]+/g)) {
      found++;
      assert(known.has(variable), `${file}: ${variable}`);
    }
  }
  assert(found > 15);
});

test("what files for deployment set is a configuration that a server takes", async () => {
  const compose = parsed(join(ROOT, "compose.scale.yaml")).services.one.environment as Record<string, string>;
  // `${NAME:-default}`, and `${NAME:?}` for what whoever starts it must say.
  const put = (text: string) =>
    text.replace(/\$\{\w+:(?:-([^}]*)|\?)\}/g, (_, usual = "said-by-others") => usual as string);
  const settings = [
    Object.fromEntries(Object.entries(compose).map(([name, value]) => [name, put(value)])),
    { ...kubernetes("config").data, ...kubernetes("secret.example").stringData },
  ];
  for (const environment of settings as Record<string, string>[]) {
    const { config } = await loadConfig({ flags: {}, environment });
    assert.equal(config.listen, "0.0.0.0:8080");
    assert.match(config.store.url!, /^postgres:/);
    assert(config.media.s3.endpoint !== undefined && config.bus.url !== undefined);
  }
});

test("files for deployment name each other's ports, and paths that are served", () => {
  const { services } = parsed(join(ROOT, "compose.scale.yaml"));
  assert.deepEqual(Object.keys(services), ["one", "two", "proxy", "postgres", "nats", "s3", "bucket"]);
  assert.deepEqual(services.two.environment, services.one.environment);
  assert.match(services.one.healthcheck.test.join(" "), /127\.0\.0\.1:8080\/readyz/);
  const haproxy = textOf("deploy/haproxy.cfg");
  for (const name of ["one", "two"]) assert(haproxy.includes(`server ${name} ${name}:8080\n`));
  assert.match(haproxy, /^ {2}bind :8080$/m);
  assert.match(haproxy, /http-check send meth GET uri \/readyz /);
  assert.match(textOf("deploy/Dockerfile"), /^EXPOSE 8080$/m);
  for (const [, path] of textOf("deploy/Dockerfile").matchAll(/\/opt\/stairwell\/([a-z]\S*[a-z])/g)) textOf(path!);

  const [server] = kubernetes("deployment").spec.template.spec.containers;
  assert.deepEqual(server.ports, [{ name: "http", containerPort: 8080 }]);
  assert.deepEqual(kubernetes("service").spec.ports, [{ name: "http", port: 80, targetPort: "http" }]);
  const probes = [server.startupProbe, server.readinessProbe, server.livenessProbe].map(({ httpGet }) => httpGet);
  assert.deepEqual(
    probes.map(({ path, port }) => [path, port]),
    [
      ["/livez", "http"],
      ["/readyz", "http"],
      ["/livez", "http"],
    ],
  );
  const selected = [kubernetes("service").spec.selector, kubernetes("disruption").spec.selector.matchLabels];
  for (const labels of selected) assert.deepEqual(labels, kubernetes("deployment").spec.template.metadata.labels);
  for (const name of ["config", "secret.example"]) assert.equal(kubernetes(name).metadata.name, "stairwell");
});

test("no service of Kubernetes puts variables beside the settings, which a server would refuse", async () => {
  const links = { STAIRWELL_PORT: "tcp://10.0.0.1:80", STAIRWELL_SERVICE_HOST: "10.0.0.1" };
  await assert.rejects(loadConfig({ flags: {}, environment: links }), /STAIRWELL_SERVICE_HOST is not a setting/);
  for (const name of ["deployment", "tenant"]) {
    assert.equal(kubernetes(name).spec.template.spec.enableServiceLinks, false, name);
  }
});

test("containers receive files on a disk, keep bounded logs, and have no more rights than they need", () => {
  const { services } = parsed(join(ROOT, "compose.scale.yaml"));
  for (const [name, { logging, tmpfs }] of Object.entries<Loose>(services)) {
    assert.equal(tmpfs, undefined, name);
    if (name !== "bucket") assert.ok(logging.options["max-size"] && logging.options["max-file"], name);
  }
  for (const name of ["deployment", "tenant"]) {
    const { automountServiceAccountToken, securityContext, containers } = kubernetes(name).spec.template.spec;
    assert.deepEqual(
      [automountServiceAccountToken, securityContext.seccompProfile.type],
      [false, "RuntimeDefault"],
      name,
    );
    for (const { securityContext: own } of containers) {
      assert.deepEqual([own.allowPrivilegeEscalation, own.readOnlyRootFilesystem], [false, true], name);
    }
  }
});
