import type { Random } from "@stairwell/testing";
import type { Evil } from "./evil.ts";

/** An evil server asks for a file that is named in any room, mostly of who has it, whether it shares that room or not. */
export async function pry(evil: Evil, random: Random): Promise<void> {
  const { server, world, book } = evil;
  const named = [...book.rooms].flatMap(([room, { rows }]) =>
    rows.flatMap(({ content, sender }) => {
      const file = /"sha256":"(\w+)"/.exec(content ?? "")?.[1];
      return file === undefined ? [] : [{ room, file, sender }];
    }),
  );
  if (named.length === 0 || !server.isUp) return;
  const { room, file, sender } = random.pick(named);
  const where = random.chance(0.7) ? room : random.pick(named).room;
  const others = world.servers.filter((one) => one !== server);
  const owner = others.find(({ name }) => sender?.endsWith(`:${name}`));
  const victim = owner !== undefined && random.chance(0.7) ? owner : random.pick(others);
  const target = `/_stairwell/federation/v1/rooms/${where}/media/${file}`;
  world.schedule.trace.say(`${server.name} asks ${victim.name} for ${target}`);
  await evil.ask(victim, { method: "GET", target, headers: {}, deadlineMs: 30_000, mostBytes: 1e6 });
}
