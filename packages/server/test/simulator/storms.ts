import { rotate } from "./keys.ts";
import type { Fault } from "./plan.ts";
import type { SimServer } from "./server.ts";
import type { World } from "./world.ts";

/** Lets something go wrong, for as long as it is to last. */
export function strike(world: World, fault: Fault): void {
  const { schedule, net, fates } = world;
  switch (fault.does) {
    case "crash": {
      const server = world.server(fault.server);
      server.crash();
      return startLater(world, server, fault.for);
    }
    case "cut": {
      const { from, to, cut } = fault;
      const ways = fault.isMutual
        ? [
            [from, to],
            [to, from],
          ]
        : [[from, to]];
      for (const [one, other] of ways) net.set(one!, other!, { ...net.usual, cut });
      schedule.trace.say(`${from} to ${to} is cut: ${cut}`);
      schedule.after(fault.for, `${from} to ${to} is mended`, () => {
        for (const [one, other] of ways) net.set(one!, other!, net.usual);
      });
      return;
    }
    case "fill": {
      const { fate, share } = fault;
      const dice = world.dice(`disk ${fault.server}`);
      const { name } = world.server(fault.server).house;
      const mine = () => (dice.chance(share) ? fate : "done");
      fates.set(name, mine);
      schedule.after(fault.for, `${fault.server} can write again`, () => {
        if (fates.get(name) === mine) fates.delete(name);
      });
      return;
    }
    case "cut power": {
      let left = fault.commits;
      const { name } = world.server(fault.server).house;
      fates.set(name, () => {
        if (--left > 0) return "done";
        fates.delete(name);
        startLater(world, world.server(fault.server), fault.for);
        return fault.fate;
      });
      return;
    }
    case "rotate": {
      const server = world.server(fault.server);
      if (server.isUp) void rotate(world, server);
      return;
    }
    case "skew": {
      const server = world.server(fault.server);
      server.skew = fault.ms;
      schedule.trace.say(`${server.name} is off by ${server.skew} ms`);
      schedule.after(fault.for, "", () => (server.skew = 0));
      return;
    }
    case "deny": {
      const server = world.server(fault.server);
      const begin = (): void => {
        void deny(world, server, fault.other);
        if (fault.for !== undefined) schedule.after(fault.for, "", () => void deny(world, server, undefined));
      };
      if (fault.isMidway === true) world.onAsked.set(`${fault.server} ${fault.other}`, begin);
      else begin();
    }
  }
}

/** Ends whatever goes wrong: sound links, true clocks, everybody up and nobody denied. */
export async function settleStorms(world: World): Promise<void> {
  const { net, servers } = world;
  world.isSettled = true;
  net.mend();
  world.fates.clear();
  world.onAsked.clear();
  for (const server of servers) {
    server.skew = Math.max(-20_000, Math.min(20_000, server.skew));
    if (!server.isUp) server.start();
  }
  world.denials.clear();
  for (const server of servers.filter(({ name }) => world.denied.has(name)))
    await world.settle(server.setPolicy({ denied_peers: [] }), "a policy");
}

function startLater({ schedule }: World, server: SimServer, ms: number): void {
  schedule.after(ms, "", () => server.isUp || server.start());
}

/** A server denies another from now on, or nobody. */
async function deny(world: World, server: SimServer, other: string | undefined): Promise<void> {
  const { schedule, denials } = world;
  world.denied.add(server.name);
  schedule.trace.say(`${server.name} denies ${other ?? "nobody"}`);
  for (const one of denials.keys()) if (one.startsWith(`${server.name} `)) denials.delete(one);
  const policy = { denied_peers: other === undefined ? [] : [other] };
  // Whatever hinders it, it was not to be.
  const isSet = await server.whileUp(() => server.setPolicy(policy).then(() => true)).catch(() => undefined);
  // What was begun as all faults ended is ended with them.
  if (isSet === true && other !== undefined && !world.isSettled) denials.set(`${server.name} ${other}`, schedule.now);
}
