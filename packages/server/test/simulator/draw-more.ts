import type { Fqid } from "@stairwell/protocol";
import { Random } from "@stairwell/testing";
import type { Ask, Plan, ServerPlan, Step } from "./plan.ts";

/** Few contents, so that one is in several rooms and of several people. */
const CONTENTS = 3;

/**
 * What wide worlds have besides, added to a plan: files, new names, two servers in one deployment, and administrators who end
 * what an evil hub's two logs have frozen. Drawn by itself, so that the rest of the plan stays what it was.
 */
export function withMore(plan: Plan, everybody: readonly Fqid[]): Plan {
  const random = new Random(plan.dice ^ 0x5eed);
  const within = (draw: () => Ask): Step => ({ at: random.int(0, plan.ms - 1), ...draw() });
  const asks = (least: number, most: number, draw: () => Ask): Step[] =>
    Array.from({ length: random.int(least, most) }, () => within(draw));
  const { evil } = plan;
  const servers = housed(random, plan);
  const busy = [...new Set(plan.rooms.flatMap(({ hub, others }) => [`@ann:${hub}` as Fqid, ...others]))];
  const serverNames = servers.map(({ name }) => name);
  const more = [
    ...(random.chance(0.6) ? files(random, asks, busy, serverNames) : []),
    ...(random.chance(0.6) ? asks(1, 6, () => newName(random.pick(random.chance(0.8) ? busy : everybody))) : []),
    ...(evil === undefined ? [] : asks(2, 8, () => choice(random, serverNames))),
  ];
  const honest = busy.filter((fqid) => evil === undefined || !fqid.endsWith(`:${evil.server}`));
  const readers = evil === undefined ? plan.readers : random.shuffled(honest).slice(0, 2);
  return {
    ...plan,
    servers,
    readers,
    ...(evil !== undefined && { evil: { ...evil, isCurious: true as const } }),
    steps: [...plan.steps, ...more].sort((one, other) => one.at - other.at),
  };
}

/** Two that keep to the rules share a deployment, in some worlds. */
function housed(random: Random, { servers, evil }: Plan): readonly ServerPlan[] {
  const honest = servers.filter(({ name }) => name !== evil?.server);
  if (honest.length < 2 || !random.chance(0.5)) return servers;
  const [house, other] = honest as [ServerPlan, ServerPlan];
  return servers.map((server) => (server === other ? { ...server, house: house.name } : server));
}

function files(
  random: Random,
  asks: (least: number, most: number, draw: () => Ask) => Step[],
  busy: readonly Fqid[],
  servers: readonly string[],
): Step[] {
  const room = (): number => random.int(0, 11);
  const tries = (): number[] => [random.int(500, 20_000), random.int(500, 20_000)];
  const sends = asks(2, 8, () => ({
    does: "ask",
    who: random.pick(busy),
    room: room(),
    call: "sendMessage",
    file: random.int(1, CONTENTS),
    ...(random.chance(0.5) && { tries: tries() }),
  }));
  const reads = asks(4, 14, () => ({
    does: "ask",
    who: random.pick(random.chance(0.3) ? servers : busy),
    room: room(),
    ...(random.chance(0.2) && { outside: true as const }),
    call: "downloadMedia",
    message: random.int(0, 3),
  }));
  return [...sends, ...reads];
}

function newName(who: Fqid): Ask {
  return { does: "ask", who, call: "updateMe" };
}

/** Mostly for the log that is not here: it is the one that an evil hub itself has. */
function choice(random: Random, servers: readonly string[]): Ask {
  return { does: "ask", who: random.pick(servers), call: "chooseBranch", message: random.chance(0.8) ? 1 : 0 };
}
