import type { Answered, Outgoing, Place, WayOut } from "../../src/lib/outbound.ts";
import { OPERATOR } from "../../src/audit/index.ts";
import type { Actor } from "../../src/auth/index.ts";
import type { Db } from "../../src/db/index.ts";
import type { Participant } from "../../src/participants/index.ts";
import { type FederationPolicy, setPolicy } from "../../src/peers/index.ts";
import { createTenant, type Tenant, type TenantLimits } from "../../src/tenants/index.ts";
import { actorFor, makePerson } from "../support/people.ts";
import type { CommitFate, Disk } from "./disk.ts";
import { Files } from "./files.ts";
import type { WireRequest } from "./peer-door.ts";
import { run, type Running } from "./running.ts";
import type { Schedule } from "./schedule.ts";
import { storeOn } from "./store.ts";

/** What a server has of the world around it. */
export interface Surroundings {
  readonly schedule: Schedule;
  /** Milliseconds until a write group begins. */
  readonly turn: () => number;
  readonly ask: (from: SimServer, place: Place, outgoing: Outgoing) => Promise<Answered>;
  readonly commitFate: (at: SimServer) => CommitFate;
  readonly onCommitted: (at: SimServer) => void;
  readonly onFault: (at: SimServer, what: string, error: unknown) => void;
}

/** One life of a server, from a start to a crash: whatever belongs to it and is still under way then comes to nothing. */
interface Life {
  isOver: boolean;
  /** Settles when it is over. */
  readonly ended: Promise<void>;
  readonly end: () => void;
  readonly running: Running;
  readonly db: Db;
}

/**
 * A server of the world: one tenant, in a deployment of its own or in that of another, with which it shares the process, the
 * disk, the clock and every crash. It keeps its disk when it crashes.
 */
export class SimServer {
  readonly name: string;
  readonly disk: Disk;
  /** The first server of its deployment, which may be itself. */
  readonly house: SimServer;
  /** All of the deployment, where it is its first. */
  readonly #tenants: SimServer[] = [this];
  #skew = 0;
  tenant!: Tenant;
  /** Who has been leaving which rooms of other servers, as their own people see it. */
  readonly leavings = new Set<string>();
  readonly people: Actor[] = [];
  readonly #around: Surroundings;
  readonly #files: Files;
  #life: Life | undefined;

  /** `where`: a disk of its own, or the server whose deployment it is in. */
  constructor(name: string, where: Disk | SimServer, around: Surroundings) {
    this.name = name;
    this.house = where instanceof SimServer ? where.house : this;
    this.disk = where instanceof SimServer ? where.disk : where;
    if (this.house !== this) this.house.#tenants.push(this);
    this.#around = around;
    this.#files = new Files(around.schedule);
  }

  get isUp(): boolean {
    return this.house.#life !== undefined;
  }

  /** The number of its tenant; zero before it has one. */
  get tenantNo(): number {
    return (this.tenant as Tenant | undefined)?.tenantNo ?? 0;
  }

  /** How far its clock is off, in milliseconds. */
  get skew(): number {
    return this.house.#skew;
  }

  set skew(ms: number) {
    this.house.#skew = ms;
  }

  /** The store of the present life. */
  get db(): Db {
    if (this.house.#life === undefined) throw new Error(`${this.name} is down`);
    return this.house.#life.db;
  }

  now(): number {
    return this.#around.schedule.now + this.skew;
  }

  /** Nothing where it is up. */
  start(): void {
    if (this.isUp) return;
    if (this.house !== this) return this.house.start();
    const { schedule, turn, ask, commitFate, onCommitted, onFault } = this.#around;
    this.disk.restart();
    const ended = Promise.withResolvers<void>();
    const life: Pick<Life, "isOver" | "ended" | "end"> = { isOver: false, ended: ended.promise, end: ended.resolve };
    const whileAlive =
      (work: () => void): (() => void) =>
      () =>
        life.isOver || work();
    const timers = {
      after: (ms: number, work: () => void) => schedule.after(ms, "", whileAlive(work)),
    };
    const db = storeOn(
      this.disk,
      () => this.now(),
      () => new Promise((resolve) => schedule.after(turn(), `${this.name} writes`, whileAlive(resolve))),
    );
    this.disk.writer.fate = () => {
      // What is dead writes nothing, even where it goes on to the end of this moment.
      const fate = life.isOver ? "lost" : commitFate(this);
      if (fate === "lost" || fate === "kept") this.crash();
      return fate;
    };
    this.disk.writer.onCommitted = () => this.#tenants.forEach(onCommitted);
    const outbound: WayOut = {
      ask: (place, outgoing) =>
        life.isOver
          ? new Promise(() => {})
          : new Promise((resolve, reject) => {
              ask(this, place, outgoing).then(
                (answer) => life.isOver || resolve(answer),
                (error: unknown) => life.isOver || reject(error as Error),
              );
            }),
      close() {},
    };
    const born = schedule.now;
    const running = run({
      db,
      clock: { now: () => this.now(), monotonic: () => schedule.now - born },
      timers,
      outbound,
      files: this.#files,
      onLeaving: ({ tenantNo, roomId }, participantNo) => {
        const at = this.#tenants.find((one) => one.tenantNo === tenantNo);
        const who = at?.people.find((one) => one.participantNo === participantNo);
        at?.leavings.add(`${who?.fqid} ${roomId}`);
      },
      onFault: (what, error) => life.isOver || onFault(this, what, error),
    });
    this.#life = Object.assign(life, { running, db }) as Life;
    schedule.trace.say(`${this.name} starts`);
  }

  /** The power goes: whatever was not committed is gone, and nobody is answered any more. */
  crash(): void {
    if (this.house !== this) return this.house.crash();
    if (this.#life === undefined) return;
    const life = this.#life;
    life.isOver = true;
    this.#life = undefined;
    life.end();
    this.#around.schedule.trace.say(`${this.name} crashes`);
  }

  /** The world is over. */
  end(): void {
    this.crash();
    this.#files.end();
  }

  /** Answers a request of another server; undefined where nobody is there to answer, or dies over it. */
  answer(request: WireRequest): Promise<Answered | undefined> {
    return this.whileUp(({ door }) => door(request));
  }

  /** Does something in the present life; undefined where that ends first. */
  async whileUp<T>(work: (running: Running) => Promise<T>): Promise<T | undefined> {
    const life = this.house.#life;
    if (life === undefined) return undefined;
    const done = await Promise.race([work(life.running), life.ended]);
    return life.isOver ? undefined : (done as T);
  }

  /** Makes its tenant and its people, the first of them an administrator. */
  async furnish(names: readonly string[], policy: Partial<FederationPolicy>, limits: TenantLimits): Promise<void> {
    const [slug] = this.name.split(".") as [string];
    const wanted = { slug, serverName: this.name, limits };
    const made = await this.db.write("deployment", (tx) => createTenant(tx, wanted));
    if ("taken" in made) throw new Error(`${this.name} is taken`);
    this.tenant = made.tenant;
    await this.setPolicy(policy);
    for (const [i, name] of names.entries()) {
      const person: Participant = await makePerson(this.db, this.tenant, name, { admin: i === 0 });
      this.people.push(actorFor(this.tenant, person));
    }
  }

  async setPolicy(policy: Partial<FederationPolicy>): Promise<void> {
    const { tenantNo } = this.tenant;
    await this.db.write({ tenantNo }, (tx) => setPolicy(tx, tenantNo, policy, OPERATOR));
  }
}
