import { every, type Loop } from "../../lib/periodic.ts";
import { findTenant, listTenants, type Tenant } from "../../tenants/index.ts";
import { listAddressees } from "../proposals.store.ts";
import { Sender, type SenderParts } from "./sender.ts";

/** How often it is looked whether anything waits that nobody said: what another node or a crash has left. */
const LOOK_MS = 2000;

/** The senders of all tenants, one for each other server that is due anything. */
export class Senders {
  readonly #parts: SenderParts;
  readonly #senders = new Map<string, Sender>();
  readonly #loop: Loop;
  #isStopped = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#loop = every(LOOK_MS, () => this.#lookAtAll(), parts.onFault, parts.timers);
  }

  /** A room of this tenant that is shared has changed. */
  wake(tenantNo: number): void {
    void this.#look(tenantNo).catch(this.#parts.onFault);
  }

  /** Somebody waits for something of theirs to arrive. */
  hurry(tenant: Tenant, serverName: string): void {
    this.#senderTo(tenant, serverName).wake(true);
  }

  /** Whether a server is known to be away. */
  isFailing(tenantNo: number, serverName: string): boolean {
    return this.#senders.get(`${tenantNo} ${serverName}`)?.isFailing === true;
  }

  /** A server has asked us something. */
  heard(tenantNo: number, serverName: string): void {
    this.#senders.get(`${tenantNo} ${serverName}`)?.heard();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#loop.stop();
    await Promise.all([...this.#senders.values()].map((sender) => sender.stop()));
  }

  async #lookAtAll(): Promise<void> {
    for (const tenant of await listTenants(this.#parts.db)) await this.#look(tenant.tenantNo);
  }

  async #look(tenantNo: number): Promise<void> {
    if (this.#isStopped) return;
    const names = await listAddressees(this.#parts.db, tenantNo, this.#parts.clock.now());
    if (names.length === 0) return;
    const tenant = await findTenant(this.#parts.db, tenantNo);
    if (tenant === undefined || tenant.suspendedAt !== null) return;
    for (const name of names) this.#senderTo(tenant, name).wake();
  }

  #senderTo(tenant: Tenant, serverName: string): Sender {
    const key = `${tenant.tenantNo} ${serverName}`;
    let sender = this.#senders.get(key);
    if (sender === undefined) this.#senders.set(key, (sender = new Sender(this.#parts, tenant, serverName)));
    return sender;
  }
}
