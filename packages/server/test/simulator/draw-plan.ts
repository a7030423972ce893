import type { Fqid } from "@stairwell/protocol";
import { Random } from "@stairwell/testing";
import { type Cast, drawAnswer, drawAsk } from "./draw-ask.ts";
import { withMore } from "./draw-more.ts";
import { type LinkFaults, SOUND } from "./net.ts";
import type { Fault, Plan, RoomPlan, Step } from "./plan.ts";

const NAMES = ["a.example", "b.example", "c.example", "d.example"];
/** The people of each server; the first is its administrator. */
export const PEOPLE = ["ann", "bob", "cat"];

/** Everybody of a server. */
export function peopleOf(server: string): Fqid[] {
  return PEOPLE.map((name) => `@${name}:${server}` as Fqid);
}

/** The world of a seed; a wide one has direct rooms, servers that deny each other, and what `withMore` adds, besides. */
export function drawPlan(seed: number, isWide: boolean): Plan {
  const random = new Random(seed);
  const names = NAMES.slice(0, random.pick([2, 2, 3, 3, 4]));
  const servers = names.map((name) => ({
    name,
    showsHistory: random.chance(0.5),
    membersMayInvite: random.chance(0.7),
    mostBackfill: random.pick([3, 1000]),
  }));
  const everybody = names.flatMap(peopleOf);
  const rooms = Array.from({ length: random.int(1, 2) }, () => drawRoom(random, names, everybody));
  const evil = names.length > 2 && random.chance(0.5) ? random.pick(names) : undefined;
  const ms = random.int(20_000, 90_000);
  const cast: Cast = { everybody, busy: busyIn(rooms), isWide };
  const asks = some(random, [25, 65], () => drawAsk(random, cast));
  const steps: Step[] = [
    ...asks,
    ...(evil === undefined
      ? []
      : some(random, [1, 8], () => ({ does: "mischief", dice: random.int(1, 1e6) }) as const)),
    ...drawFaults(random, names, isWide),
  ].map((step) => ({ at: random.int(0, ms - 1), ...step }));
  const answers = steps.flatMap((step) => {
    const answer = step.does === "ask" ? drawAnswer(random, step) : undefined;
    return answer === undefined ? [] : [{ at: step.at + random.int(50, 15_000), ...answer }];
  });
  const thief = evil === undefined && random.chance(0.15) ? random.pick(names) : undefined;
  const plan = {
    dice: seed,
    servers,
    rooms,
    readers: random.shuffled(cast.busy).slice(0, random.int(0, 2)),
    ...(evil !== undefined && { evil: { server: evil, zeal: random.pick([0.1, 0.4, 0.8]) } }),
    weather: drawWeather(random),
    ms,
    steps: [...steps, ...answers].filter(({ at }) => at < ms).sort((one, other) => one.at - other.at),
    ...(thief !== undefined && { thief }),
  };
  return isWide ? withMore(plan, everybody) : plan;
}

function some<T>(random: Random, [least, most]: readonly [number, number], draw: () => T): T[] {
  return Array.from({ length: random.int(least, most) }, draw);
}

function drawRoom(random: Random, names: readonly string[], everybody: readonly Fqid[]): RoomPlan {
  const hub = random.pick(names);
  const elsewhere = random.shuffled(everybody.filter((fqid) => !fqid.endsWith(`:${hub}`)));
  return { hub, others: elsewhere.slice(0, random.int(1, 4)) };
}

/** Who is in rooms from the beginning: it is mostly they who do something. */
function busyIn(rooms: readonly RoomPlan[]): Fqid[] {
  return [...new Set(rooms.flatMap(({ hub, others }) => [peopleOf(hub)[0]!, ...others]))];
}

function drawWeather(random: Random): LinkFaults {
  if (random.chance(0.3)) return SOUND;
  const share = (most: number): number => (random.chance(0.5) ? Math.round(random.next() * most * 1000) / 1000 : 0);
  return {
    delay: random.pick([
      [1, 40],
      [5, 400],
      [20, 4000],
    ] as const),
    lost: share(0.2),
    unanswered: share(0.2),
    twice: share(0.3),
    spoilt: share(0.05),
    cut: "none",
  };
}

type Draw = (random: Random, names: readonly string[]) => Fault;

function drawFaults(random: Random, names: readonly string[], isWide: boolean): Fault[] {
  const kinds = random.shuffled([...KINDS, ...(isWide ? [denial] : [])]).slice(0, random.int(0, 4));
  return kinds.flatMap((kind) => some(random, [1, 3], () => kind(random, names)));
}

/** How long somebody is down. */
function down(random: Random): number {
  return Math.round(random.pick([10, 1000, 15_000]) * (1 + random.next()));
}

const KINDS: readonly Draw[] = [
  (random, names) => ({ does: "crash", server: random.pick(names), for: down(random) }),
  (random, names) => {
    const [from, to] = random.shuffled(names) as [string, string];
    const cut = random.pick(["both", "requests", "answers"] as const);
    return { does: "cut", from, to, cut, isMutual: random.chance(0.5), for: random.int(1000, 40_000) };
  },
  (random, names) => {
    const fate = random.pick(["full", "broken"] as const);
    const share = random.pick([0.3, 1]);
    return { does: "fill", server: random.pick(names), fate, share, for: random.int(100, 10_000) };
  },
  (random, names) => {
    const fate = random.pick(["lost", "kept"] as const);
    return { does: "cut power", server: random.pick(names), commits: random.int(1, 10), fate, for: down(random) };
  },
  (random, names) => ({ does: "rotate", server: random.pick(names) }),
  (random, names) => {
    const ms = random.pick([random.int(-25_000, 25_000), random.int(-600_000, 600_000)]);
    return { does: "skew", server: random.pick(names), ms, for: random.int(1000, 60_000) };
  },
];

function denial(random: Random, names: readonly string[]): Fault {
  const [server, other] = random.shuffled(names) as [string, string];
  const forSoLong = random.chance(0.7) ? { for: random.int(500, 40_000) } : {};
  return { does: "deny", server, other, ...forSoLong, ...(random.chance(0.5) && { isMidway: true as const }) };
}
