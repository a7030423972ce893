import type { Bus, Channel } from "../../bus/index.ts";
import { Lru } from "../../lib/lru.ts";
import { every, type Loop } from "../../lib/periodic.ts";
import { findTenant, listTenants, type Tenant } from "../../tenants/index.ts";
import { listAddressees } from "./addressees.store.ts";
import { Sender, type SenderParts } from "./sender.ts";
import { type Wake, wakesOver } from "./wakes.ts";

export interface SendersParts extends Omit<SenderParts, "wakeOthers"> {
  readonly bus: Bus;
}

/** How often it is looked whether anything waits that nobody said: what another node or a crash has left. */
const LOOK_MS = 2000;
/** The same while nodes cannot wake each other. */
const LOOK_ALONE_MS = 200;
/** So often at the most other nodes are told that a server was heard of. */
const HEARD_MS = 1000;
const REMEMBERED = 10_000;

/** The senders of all tenants, one for each other server that is due anything. */
export class Senders {
  readonly #parts: SenderParts;
  readonly #bus: Bus;
  readonly #wakes: Channel<Wake>;
  readonly #senders = new Map<string, Sender>();
  /** The newest proposal that was seen to wait for each server. */
  readonly #newest = new Map<string, number>();
  /** Tenants that are looked at, and whether they have changed again meanwhile: many commits end in one turn. */
  readonly #looks = new Map<number, boolean>();
  readonly #loop: Loop;
  /** When others were told that a server was heard of; by the monotonic clock. */
  readonly #heard = new Lru<string, number>(REMEMBERED);
  #lookedAt = 0;
  #isStopped = false;

  constructor(parts: SendersParts) {
    this.#bus = parts.bus;
    this.#wakes = wakesOver(parts.bus);
    this.#parts = { ...parts, wakeOthers: (tenant, server, why) => this.#wakes.tell({ tenant, server, why }) };
    this.#wakes.hear((wake) => this.#hear(wake));
    const pace = parts.turns.isShared ? LOOK_ALONE_MS : LOOK_MS;
    this.#loop = every(pace, () => this.#lookAtAll(), parts.onFault, parts.timers);
  }

  /** A room of this tenant that is shared has changed. */
  wake(tenantNo: number): void {
    const isAsked = this.#looks.get(tenantNo);
    if (isAsked !== undefined) return void this.#looks.set(tenantNo, true);
    this.#looks.set(tenantNo, false);
    void this.#look(tenantNo)
      .catch(this.#parts.onFault)
      .then(() => {
        const again = this.#looks.get(tenantNo) === true;
        this.#looks.delete(tenantNo);
        if (again) this.wake(tenantNo);
      });
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
    const key = `${tenantNo} ${serverName}`;
    const known = this.#senders.get(key);
    known?.heard();
    if (known?.hasTurn === true || !this.#parts.turns.isShared) return;
    const now = this.#parts.clock.monotonic();
    if (now - (this.#heard.get(key) ?? -Infinity) < HEARD_MS) return;
    this.#heard.set(key, now);
    this.#parts.wakeOthers(tenantNo, serverName, "heard");
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#loop.stop();
    await Promise.all([...this.#senders.values()].map((sender) => sender.stop()));
  }

  /** Another node has news of a server whose turn may be ours. */
  #hear({ tenant: tenantNo, server, why }: Wake): void {
    const known = this.#senders.get(`${tenantNo} ${server}`);
    if (known?.hasTurn !== true) return;
    if (why === "heard") known.heard();
    else known.wake(why === "urgent");
  }

  async #lookAtAll(): Promise<void> {
    const now = this.#parts.clock.monotonic();
    if (this.#bus.isWell && this.#parts.turns.isShared && now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    for (const tenant of await listTenants(this.#parts.db)) await this.#look(tenant.tenantNo);
  }

  async #look(tenantNo: number): Promise<void> {
    if (this.#isStopped) return;
    const { db, clock, turns } = this.#parts;
    const busy = turns.isShared ? [] : this.#busyIn(tenantNo);
    const due = await listAddressees(db, tenantNo, clock.now(), busy);
    if (due.length === 0) return;
    const tenant = await findTenant(db, tenantNo);
    if (tenant === undefined || tenant.suspendedAt !== null) return;
    for (const { serverName, newest } of due) {
      const key = `${tenantNo} ${serverName}`;
      // What is proposed at another node is as urgent, and that node may not be able to say so.
      const isUrgent = turns.isShared && newest > (this.#newest.get(key) ?? 0);
      if (isUrgent) this.#newest.set(key, newest);
      this.#senderTo(tenant, serverName).wake(isUrgent);
    }
  }

  /** Servers that are being told something: what is due to them is found in any case, before that ends. */
  #busyIn(tenantNo: number): string[] {
    const busy = [...this.#senders.values()].filter((sender) => sender.tenantNo === tenantNo && sender.isRunning);
    for (const sender of busy) sender.wake();
    return busy.map(({ serverName }) => serverName);
  }

  #senderTo(tenant: Tenant, serverName: string): Sender {
    const key = `${tenant.tenantNo} ${serverName}`;
    let sender = this.#senders.get(key);
    if (sender === undefined) this.#senders.set(key, (sender = new Sender(this.#parts, tenant, serverName)));
    return sender;
  }
}
