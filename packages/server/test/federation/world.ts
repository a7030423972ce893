import type { TestContext } from "node:test";
import { TestServer, type TestServerOptions } from "@stairwell/testing";
import { OPERATOR } from "../../src/audit/index.ts";
import { type FederationPolicy, setPolicy } from "../../src/peers/index.ts";
import { findTenantBySlug, type Tenant } from "../../src/tenants/index.ts";

/** Servers that know where the others are, as an operator would tell each of them. */
export class World {
  /** Server name → base URL; filled as servers start. */
  readonly hosts = new Map<string, string>();
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.#t = t;
  }

  /** Starts a server with one tenant, whose server name is `SLUG.localhost`, and with somebody in it. */
  async start(
    slug: string,
    policy: Partial<FederationPolicy> = { default_mode: "open" },
    options: TestServerOptions = {},
  ): Promise<Home> {
    const server = await this.#serve(options);
    await server.person("ann", slug).signIn();
    const tenant = (await findTenantBySlug(server.db, slug))!;
    this.hosts.set(tenant.serverName, server.url);
    const home = new Home(server, tenant);
    await home.setPolicy(policy);
    return home;
  }

  /** Starts the server of a home that was stopped again, on its data. */
  async startAgain(home: Home, options: TestServerOptions = {}): Promise<void> {
    home.server = await this.#serve({ ...options, data: home.server.data });
    this.hosts.set(home.name, home.server.url);
  }

  /** Another tenant of a server that runs. */
  async another(home: Home, slug: string): Promise<Home> {
    await home.server.person("ann", slug).signIn();
    const other = new Home(home.server, (await findTenantBySlug(home.server.db, slug))!);
    this.hosts.set(other.name, home.server.url);
    await other.setPolicy({ default_mode: "open" });
    return other;
  }

  #serve(options: TestServerOptions): Promise<TestServer> {
    return TestServer.start(this.#t, { ...options, federation: { hosts: this.hosts, ...options.federation } });
  }
}

/** A tenant on a server of its own. */
export class Home {
  /** Another one after it was started again. */
  server: TestServer;
  readonly tenant: Tenant;

  constructor(server: TestServer, tenant: Tenant) {
    this.server = server;
    this.tenant = tenant;
  }

  get name(): string {
    return this.tenant.serverName;
  }

  async setPolicy(policy: Partial<FederationPolicy>): Promise<void> {
    const { tenantNo } = this.tenant;
    await this.server.db.write({ tenantNo }, (tx) => setPolicy(tx, tenantNo, policy, OPERATOR));
  }

  /** Asks another server for the profile of somebody there. */
  askProfile(serverName: string, localId: string): ReturnType<TestServer["askPeer"]> {
    const target = `/profile/${encodeURIComponent(localId)}`;
    return this.server.askPeer(this.tenant.slug, serverName, { method: "GET", target });
  }
}
