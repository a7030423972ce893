import type { SimServer } from "./server.ts";
import { rotate } from "./keys.ts";
import { type LinkFaults, SOUND } from "./net.ts";
import type { World } from "./world.ts";

/** Lets things go wrong until a moment. Answers what ends it all: sound links, true clocks, everybody up and nobody denied. */
export function storms(world: World, end: number): () => Promise<void> {
  const { random, schedule, net, servers } = world;
  net.usual = weather(world);
  const later = (work: () => void): void =>
    void schedule.after(random.int(0, end - schedule.now), "", () => schedule.now < end && work());
  const wide = world.isWide ? [denials] : [];
  const kinds = random
    .shuffled([crashes, cuts, fullDisks, powerCuts, clocks, keys, ...wide])
    .slice(0, random.int(0, 4));
  for (const kind of kinds) for (let i = random.int(1, 3); i > 0; i--) later(() => kind(world));
  return async () => {
    net.mend();
    world.commitFate = () => "done";
    for (const server of servers) {
      server.skew = Math.max(-20_000, Math.min(20_000, server.skew));
      if (!server.isUp) server.start();
    }
    world.denials.clear();
    for (const server of world.isWide ? servers : [])
      await world.settle(server.setPolicy({ denied_peers: [] }), "a policy");
  };
}

/** How links are as a rule. */
function weather({ random }: World): LinkFaults {
  if (random.chance(0.3)) return SOUND;
  const share = (most: number): number => (random.chance(0.5) ? random.next() * most : 0);
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

function crashes(world: World): void {
  const server = world.random.pick(world.servers);
  server.crash();
  startLater(world, server);
}

function startLater({ random, schedule }: World, server: SimServer): void {
  schedule.after(random.pick([10, 1000, 15_000]) * (1 + random.next()), "", () => server.isUp || server.start());
}

/** A link between two servers is cut for a while, one way or both. */
function cuts({ random, schedule, net, servers }: World): void {
  const [from, to] = random.shuffled(servers) as [SimServer, SimServer];
  const cut = random.pick(["both", "requests", "answers"] as const);
  const ways = random.chance(0.5)
    ? [[from, to]]
    : [
        [from, to],
        [to, from],
      ];
  for (const [one, other] of ways) net.set(one!.name, other!.name, { ...net.usual, cut });
  schedule.trace.say(`${from.name} to ${to.name} is cut: ${cut}`);
  schedule.after(random.int(1000, 40_000), `${from.name} to ${to.name} is mended`, () => {
    for (const [one, other] of ways) net.set(one!.name, other!.name, net.usual);
  });
}

/** A store takes nothing for a while, or now and then. */
function fullDisks(world: World): void {
  const { random, schedule } = world;
  const ill = random.pick(world.servers);
  const fate = random.pick(["full", "broken"] as const);
  const share = random.pick([0.3, 1]);
  world.commitFate = (at) => (at === ill && random.chance(share) ? fate : "done");
  schedule.after(random.int(100, 10_000), `${ill.name} can write again`, () => (world.commitFate = () => "done"));
}

/** The power goes in the middle of a commit. */
function powerCuts(world: World): void {
  const { random } = world;
  const ill = random.pick(world.servers);
  let left = random.int(1, 10);
  world.commitFate = (at) => {
    if (at !== ill || --left > 0) return "done";
    world.commitFate = () => "done";
    startLater(world, ill);
    return random.pick(["lost", "kept"] as const);
  };
}

/** A server changes its keys. */
function keys(world: World): void {
  const up = world.servers.filter(({ isUp }) => isUp);
  if (up.length > 0) void rotate(world, world.random.pick(up));
}

/** A clock is set wrong, by minutes at worst, and right again. */
function clocks({ random, schedule, servers }: World): void {
  const server = random.pick(servers);
  server.skew = random.pick([random.int(-25_000, 25_000), random.int(-600_000, 600_000)]);
  schedule.trace.say(`${server.name} is off by ${server.skew} ms`);
  schedule.after(random.int(1000, 60_000), "", () => (server.skew = 0));
}

/** A server denies another, for a while or until the storms are over. */
function denials(world: World): void {
  const { random, schedule, servers } = world;
  const [server, other] = random.shuffled(servers) as [SimServer, SimServer];
  const key = `${server.name} ${other.name}`;
  const set = async (denied: readonly string[]): Promise<void> => {
    schedule.trace.say(`${server.name} denies ${denied.join(" ") || "nobody"}`);
    for (const one of world.denials.keys()) if (one.startsWith(`${server.name} `)) world.denials.delete(one);
    const isSet = await server.whileUp(() => server.setPolicy({ denied_peers: denied }).then(() => true));
    if (isSet === true && denied.length > 0) world.denials.set(key, schedule.now);
  };
  // Whatever hinders it, it was not to be.
  set([other.name]).catch(() => {});
  if (random.chance(0.3)) return;
  schedule.after(random.int(500, 40_000), "", () => void set([]).catch(() => {}));
}
