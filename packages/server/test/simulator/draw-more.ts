import type { Fqid } from "@stairwell/protocol";
import { Random } from "@stairwell/testing";
import type { Ask, Plan, RoomPlan, ServerPlan, Step } from "./plan.ts";

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
  const visit = evil === undefined ? undefined : guest(random, plan, evil.server);
  const rooms = [...plan.rooms, ...(visit?.rooms ?? [])];
  const two = evil !== undefined && random.chance(0.5) ? twoFaced(random, asks, rooms, evil, everybody) : undefined;
  const honest = busy.filter((fqid) => evil === undefined || !fqid.endsWith(`:${evil.server}`));
  const readers = evil === undefined ? plan.readers : random.shuffled(honest).slice(0, 2);
  return {
    ...plan,
    servers,
    readers,
    ...(evil !== undefined && { evil: { ...evil, isCurious: true as const } }),
    rooms,
    ...two?.plan,
    steps: [...plan.steps, ...more, ...(visit?.steps ?? []), ...(two?.steps ?? [])].sort(
      (one, other) => one.at - other.at,
    ),
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

/** Which of a host's rooms the next is that is made, for as long as they are in all of these. */
function nextOf(host: Fqid, rooms: readonly RoomPlan[]): number {
  return rooms.filter(({ hub, others }) => host === `@ann:${hub}` || others.includes(host)).length;
}

/**
 * Somebody of an evil server comes late into a room of another, and goes early, and the server asks for files all the while:
 * of before, of meanwhile, of after, and of rooms where it never was.
 */
function guest(random: Random, { rooms, servers, ms }: Plan, evil: string): Pick<Plan, "rooms" | "steps"> {
  const hub = random.pick(servers.filter(({ name }) => name !== evil)).name;
  const host = `@ann:${hub}` as Fqid;
  const other = `@bob:${evil}` as Fqid;
  const room = nextOf(host, rooms);
  const says = (part: number): Step => ({
    at: Math.floor(part * ms),
    does: "ask",
    who: host,
    room,
    call: "sendMessage",
    file: random.int(1, CONTENTS),
  });
  const stay: Step[] = [
    { at: Math.floor(0.2 * ms), does: "ask", who: host, room, call: "inviteFederated", other },
    { at: Math.floor(0.35 * ms), does: "ask", who: other, room: 0, outside: true, call: "joinRoom" },
    { at: Math.floor(0.6 * ms), does: "ask", who: host, room, call: "kickMember", other },
  ];
  const pries = Array.from({ length: random.int(4, 10) }, () => {
    return { at: random.int(0, ms - 1), does: "mischief", dice: random.int(1, 1e6), isForFiles: true } as const;
  });
  return { rooms: [{ hub, others: [] }], steps: [...[0.05, 0.15, 0.45, 0.7].map(says), ...stay, ...pries] };
}

/** An evil hub tells what was not, of a room in which others read all that comes; their administrators choose what was. */
function twoFaced(
  random: Random,
  asks: (least: number, most: number, draw: () => Ask) => Step[],
  rooms: readonly RoomPlan[],
  evil: NonNullable<Plan["evil"]>,
  everybody: readonly Fqid[],
): { plan: Partial<Plan>; steps: readonly Step[] } {
  const hub = evil.server;
  const others = random.shuffled(everybody.filter((fqid) => !fqid.endsWith(`:${hub}`))).slice(0, random.int(2, 4));
  const servers = [...new Set(others.map((fqid) => fqid.slice(fqid.indexOf(":") + 1)))];
  const host = `@ann:${hub}` as Fqid;
  const says = asks(6, 16, () => ({
    does: "ask",
    ...(random.chance(0.7)
      ? { who: host, room: nextOf(host, rooms) }
      : { who: random.pick(others), room: random.int(0, 11) }),
    call: "sendMessage",
  }));
  return {
    plan: {
      rooms: [...rooms, { hub, others }],
      readers: others.slice(0, 2),
      evil: { server: hub, zeal: random.pick([0.1, 0.4]), isCurious: true, isTwoFaced: true },
    },
    steps: [...says, ...asks(4, 12, () => choice(random, servers))],
  };
}

/** Mostly for the log that is not here: it is the one that an evil hub itself has. */
function choice(random: Random, servers: readonly string[]): Ask {
  return { does: "ask", who: random.pick(servers), call: "chooseBranch", message: random.chance(0.8) ? 1 : 0 };
}
