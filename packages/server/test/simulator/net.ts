import { Readable } from "node:stream";
import type { Random } from "@stairwell/testing";
import { type Answered, type Outgoing, OutboundFault, type Place } from "../../src/lib/outbound.ts";
import type { WireRequest } from "./peer-door.ts";
import type { Schedule } from "./schedule.ts";

/** Who can be asked by a name; a server of ours, or whoever plays one. */
export interface Listener {
  readonly isUp: boolean;
  /** Undefined where they die over it. */
  answer(request: WireRequest): Promise<Answered | undefined>;
}

/** How a link from one server to another behaves; shares are from 0 to 1. */
export interface LinkFaults {
  /** Milliseconds for one way, at the least and at the most. */
  readonly delay: readonly [number, number];
  /** Requests that never arrive, and answers that never come back: what was asked is done all the same. */
  readonly lost: number;
  readonly unanswered: number;
  /** Requests that come a second time, after anything from a moment to hours. */
  readonly twice: number;
  /** Requests and answers of which a byte is another one. */
  readonly spoilt: number;
  readonly cut: "none" | "both" | "requests" | "answers";
}

export const SOUND: LinkFaults = { delay: [1, 40], lost: 0, unanswered: 0, twice: 0, spoilt: 0, cut: "none" };

const HOUR_MS = 3_600_000;

/** The links between all servers: what is asked over them arrives, or not, as their faults will have it. */
export class Net {
  readonly #schedule: Schedule;
  readonly #dice: (name: string) => Random;
  readonly #listeners: ReadonlyMap<string, Listener>;
  readonly #links = new Map<string, LinkFaults>();
  usual: LinkFaults = SOUND;
  /** Requests that have arrived. */
  arrived = 0;

  constructor(schedule: Schedule, dice: (name: string) => Random, listeners: ReadonlyMap<string, Listener>) {
    this.#schedule = schedule;
    this.#dice = dice;
    this.#listeners = listeners;
  }

  set(from: string, to: string, faults: LinkFaults): void {
    this.#links.set(`${from} ${to}`, faults);
  }

  /** All links are sound from now on. */
  mend(): void {
    this.#links.clear();
    this.usual = SOUND;
  }

  /** Asks as a server does: an answer, or an `OutboundFault` that says whether the request may have arrived. */
  ask(from: string, { hostname: to }: Place, outgoing: Outgoing): Promise<Answered> {
    const { method, target, headers, body = null, deadlineMs } = outgoing;
    const link = this.#links.get(`${from} ${to}`) ?? this.usual;
    const dice = this.#dice(`${from} to ${to}`);
    const length = body === null ? {} : { "content-length": String(body.length) };
    const request: WireRequest = { method, target, headers: { ...headers, ...length }, body };
    const what = `${from} to ${to}: ${method} ${target.split("?")[0]!.split("/").slice(-1)[0]!}`;
    return new Promise((resolve, reject) => {
      const deadline = this.#schedule.after(deadlineMs, `${what} is not answered`, () =>
        reject(new OutboundFault("it did not answer in time", true)),
      );
      const refuse = (): void => {
        deadline.cancel();
        reject(new OutboundFault("it takes no connections", false));
      };
      const answerWith = (answer: Answered): void => {
        if (link.cut === "both" || link.cut === "answers" || dice.chance(link.unanswered)) return;
        this.#schedule.after(delay(dice, link), `${what} is answered ${answer.status}`, () => {
          deadline.cancel();
          const spoilt = spoil(dice, link, answer.body);
          // Of what is not signed but protected on its way, nothing arrives that was not sent.
          const body = target.includes("/profile/") ? answer.body : spoilt;
          if (outgoing.into === undefined || answer.status !== 200) return resolve({ ...answer, body });
          outgoing.into(Readable.from([body]), answer.headers).then(
            () => resolve({ ...answer, body: Buffer.alloc(0) }),
            (cause: unknown) => reject(new OutboundFault("what came was not taken", true, { cause })),
          );
        });
      };
      if (link.cut === "both" || link.cut === "requests") {
        // A cut that is noticed at once, or not at all.
        if (dice.chance(0.5)) this.#schedule.after(delay(dice, link), `${what} finds nobody`, refuse);
        return;
      }
      if (dice.chance(link.twice)) {
        const later = dice.chance(0.3) ? dice.int(60_000, 3 * HOUR_MS) : dice.int(1, 20_000);
        this.#arrive(later, `${what} comes again`, to, request, () => {});
      }
      if (dice.chance(link.lost)) return;
      const came = { ...request, body: request.body && spoil(dice, link, request.body) };
      this.#arrive(delay(dice, link), what, to, came, answerWith, refuse);
    });
  }

  #arrive(
    ms: number,
    what: string,
    to: string,
    request: WireRequest,
    answered: (answer: Answered) => void,
    refused: () => void = () => {},
  ): void {
    this.#schedule.after(ms, what, () => {
      const listener = this.#listeners.get(to);
      if (listener === undefined || !listener.isUp) return refused();
      this.arrived++;
      // Whoever dies over it, or throws, is waited for in vain.
      void listener.answer(request).then((answer) => answer && answered(answer));
    });
  }
}

function delay(dice: Random, { delay: [least, most] }: LinkFaults): number {
  return dice.int(least, most);
}

function spoil(dice: Random, { spoilt }: LinkFaults, bytes: Buffer): Buffer {
  if (bytes.length === 0 || !dice.chance(spoilt)) return bytes;
  const other = Buffer.from(bytes);
  const at = dice.int(0, bytes.length - 1);
  other[at] = other[at]! ^ (1 << dice.int(0, 6));
  return other;
}
