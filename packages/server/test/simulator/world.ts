import { Random } from "@stairwell/testing";
import { drawFrom, sha256 } from "../../src/lib/random.ts";
import type { CommitFate, Disks } from "./disk.ts";
import type { Evil } from "./evil.ts";
import { type Listener, Net } from "./net.ts";
import { seededChance } from "./seeded-chance.ts";
import { whyNotFile } from "./rights.ts";
import { Schedule } from "./schedule.ts";
import { SimServer } from "./server.ts";
import type { Trace } from "./trace.ts";

/** What must never be, and was. */
export class Violation extends Error {
  override readonly name = "Violation";
}

export interface PublishedKey {
  readonly keyId: string;
  readonly publicKey: string;
  readonly validFrom: number;
  readonly validUntil: number | null;
  readonly revokedAt: number | null;
}

const KEYS = `SELECT key_id AS "keyId", public_key AS "publicKey", valid_from AS "validFrom", valid_until AS "validUntil",
  revoked_at AS "revokedAt" FROM tenant_keys WHERE tenant_no = $1`;

/** No request takes longer. */
const UNDER_WAY_MS = 31_000;

/** One world: its servers, their disks and links, its time, and everything that is drawn, from one seed. */
export class World {
  readonly schedule: Schedule;
  readonly servers: SimServer[] = [];
  readonly net: Net;
  readonly listeners = new Map<string, Listener>();
  /** Those of the servers who keep to no rule, by name. */
  readonly evil = new Map<string, Evil>();
  /** Servers that show others what was said before these joined. */
  readonly showsHistory = new Set<string>();
  /** Since when servers deny others, by virtual time: `a.example b.example` where the first does the second. */
  readonly denials = new Map<string, number>();
  /** Nothing goes wrong any more. */
  isSettled = false;
  /** Those that have denied anybody. */
  readonly denied = new Set<string>();
  /** What is to happen when a server is asked by another the next time: `a.example b.example` where the second asks. */
  readonly onAsked = new Map<string, () => void>();
  /** What becomes of the next commit of a server, by name, where it is not simply one. */
  readonly fates = new Map<string, () => CommitFate>();
  /** Told of each commit, at the moment of it. */
  onCommitted: (at: SimServer) => void = () => {};
  readonly #violations: Violation[] = [];

  readonly #seed: number;
  readonly #dice = new Map<string, Random>();

  /** For how long servers may take to agree, with all faults gone. */
  readonly patienceMs: number;

  constructor(seed: number, trace: Trace, patienceMs: number) {
    this.patienceMs = patienceMs;
    this.#seed = seed;
    this.schedule = new Schedule(trace);
    this.net = new Net(this.schedule, (name) => this.dice(name), this.listeners);
    drawFrom(seededChance(seed, () => this.schedule.now));
  }

  /** What is drawn for one thing alone: whatever else happens, or does not, it draws the same. */
  dice(name: string): Random {
    let dice = this.#dice.get(name);
    if (dice === undefined) {
      dice = new Random(parseInt(sha256(`${this.#seed} ${name}`).slice(0, 8), 16));
      this.#dice.set(name, dice);
    }
    return dice;
  }

  /** Adds a server, with a disk of its own, or in the deployment of another; it is down, or as that is. */
  add(name: string, where: Disks | SimServer): SimServer {
    const server = new SimServer(name, where instanceof SimServer ? where : where.take(), {
      schedule: this.schedule,
      turn: () => this.dice(`turns ${name}`).int(0, 3),
      ask: async (house, place, outgoing) => {
        // Of a deployment whoever signs asks; of who asks for a descriptor nothing is said, and it may be any of its servers.
        const asker = askerOf(outgoing.headers);
        const from = asker ?? house.name;
        const askers =
          asker === undefined ? this.servers.filter((one) => one.house === house).map(({ name: by }) => by) : [asker];
        const evil = this.evil.get(from);
        if (evil === undefined && askers.every((by) => this.isLongDenied(by, place.hostname))) {
          this.violated(`I24 ${from} asks ${place.hostname}, which it denies`);
        }
        return this.net.ask(from, place, evil === undefined ? outgoing : await evil.bent(place.hostname, outgoing));
      },
      commitFate: (at) => this.fates.get(at.name)?.() ?? "done",
      onCommitted: (at) => void (this.isEvil(at.name) || this.onCommitted(at)),
      onFault: (at, what, error) => this.isEvil(at.name) || this.#fault(at, what, error),
    });
    this.servers.push(server);
    this.listeners.set(name, {
      get isUp() {
        return server.isUp;
      },
      answer: async (request) => {
        const asker = askerOf(request.headers);
        const isDenied = this.denials.has(`${name} ${asker}`);
        const answering = server.answer(request);
        this.onAsked.get(`${name} ${asker}`)?.();
        this.onAsked.delete(`${name} ${asker}`);
        const answered = await answering;
        if (isDenied && answered?.status === 200) this.violated(`I24 ${name} answers ${asker}, which it denies`);
        const file = /\/rooms\/([^/]+)\/media\/(\w+)$/.exec(request.target);
        if (file !== null && answered?.status === 200 && asker !== undefined && !this.isEvil(name)) {
          const isHistory = this.showsHistory.has(name);
          const why = whyNotFile(server, { asker, room: decodeURIComponent(file[1]!), sha256: file[2]!, isHistory });
          if (why !== undefined) this.violated(`I19 ${name} gives ${asker} a file ${why}`);
        }
        return this.evil.get(name)?.answer(request, answered) ?? answered;
      },
    });
    return server;
  }

  /** Waits in virtual time for something that comes to an end. */
  async settle<T>(work: Promise<T>, what: string): Promise<T> {
    let isOver = false;
    const over = work.finally(() => (isOver = true));
    over.catch(() => {});
    // What ends at once needs no step.
    await new Promise((resolve) => setImmediate(resolve));
    await this.schedule.until(() => isOver, 600_000, what);
    return over;
  }

  server(name: string): SimServer {
    const server = this.servers.find((one) => one.name === name);
    if (server === undefined) throw new Error(`there is no ${name}`);
    return server;
  }

  /** Every key that a server has published. */
  keys(name: string): readonly PublishedKey[] {
    const server = this.servers.find((one) => one.name === name);
    if (server === undefined) return [];
    return server.disk.writer.all(KEYS, [server.tenantNo]) as PublishedKey[];
  }

  /** Whether a server is one of those who keep to no rule. */
  isEvil(name: string): boolean {
    return this.evil.has(name);
  }

  /** Whether a server has denied another for longer than anything that it had under way can take. */
  isLongDenied(by: string, other: string): boolean {
    return this.schedule.now - (this.denials.get(`${by} ${other}`) ?? Infinity) > UNDER_WAY_MS;
  }

  get honest(): SimServer[] {
    return this.servers.filter(({ name }) => !this.isEvil(name));
  }

  /** Says that something is as it must never be: the world ends with this step. */
  violated(what: string): void {
    this.schedule.trace.say(`VIOLATION ${what}`);
    this.#violations.push(new Violation(what));
  }

  /** Throws the first that was said. */
  check(): void {
    if (this.#violations.length > 0) throw this.#violations[0]!;
  }

  /** Lets go of everything that others are to find as it was. */
  static end(): void {
    drawFrom();
  }

  #fault(at: SimServer, what: string, error: unknown): void {
    const {
      name = "",
      message = String(error),
      code = "",
    } = (error ?? {}) as { name?: string; message?: string; code?: string };
    this.schedule.trace.say(`${at.name}: ${what}: ${code} ${message}`);
    if (name !== "StairwellError")
      this.violated(`I36 ${at.name} broke down: ${what}: ${(error as Error | undefined)?.stack ?? message}`);
  }
}

/** Who has signed a request. */
function askerOf(headers: Readonly<Record<string, string>>): string | undefined {
  return /keyid="([^"#]+)#/.exec(headers["signature-input"] ?? "")?.[1];
}
