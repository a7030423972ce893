import type { Instance, Pair, Stand } from "../contenders/stand.ts";
import type { Line } from "../report/report.ts";
import { againstPeer, growth } from "../report/verdict.ts";
import { checkMembers } from "../verify/members-once.ts";
import { join, leave, list } from "./asks.ts";
import { EJABBERD } from "./ejabberd.ts";
import { prepareJoins, prepareRooms } from "./prepare.ts";
import { asksPerSecond, interleave, interleaveSeries, sample, singlyPerSecond } from "./rounds.ts";
import type { Workload } from "./workload.ts";

/** The creator is one of them. */
const PEOPLE = 1000;
/** One room is full too soon for a steady figure: a round fills this many, one after the other. */
const ROOMS_A_ROUND = 3;
const SIZES = [10, 1000, 10_000] as const;
const LARGEST = Math.max(...SIZES);
/** Each joins alone and leaves again after the clock stopped, so that a room keeps its size. */
const SINGLES = 50;
const CROWD = { connections: 64, share: "queue" } as const;
const ALONE = { connections: 1, share: "queue" } as const;

/** An instance and its public rooms: `sized` of `SIZES` members, and empty ones for the rounds. */
interface House {
  instance: Instance;
  sized: string[];
  empty: string[];
}

/** Joins: a thousand people into one room, who then list its members; single joins into rooms of growing size. */
export const w5Joins: Workload = {
  id: "W5",
  title: `joins: ${PEOPLE} people into one room, each then lists all members; single joins at ${SIZES.join(", ")} members`,
  async run(stand, { rounds }) {
    const houses = {
      subject: await prepareHouse(stand, "subject", rounds),
      floor: await prepareHouse(stand, "floor", rounds),
    };
    const joins = await joinLine(stand, houses, rounds);
    const lists = await listLine(stand, houses, rounds);
    const singles = await singleLines(stand, houses, rounds);
    return {
      id: this.id,
      title: this.title,
      lines: [joins, lists, ...singles],
      verdicts: [
        againstPeer(joins, EJABBERD.joinsPerSecond, { wanted: "at least", bar: 40, aim: 150 }),
        growth(singles[0]!, singles.at(-1)!, { wanted: "at most", bar: 1.5, aim: 1.2 }),
      ],
      notes: [
        EJABBERD.note,
        "a join into ejabberd also brings the presence of everybody there; here that is the list, measured beside it",
        "the aim 'flat' is read as at most 1.2 times: the floor's own rounds differ by that much",
      ],
    };
  },
};

async function prepareHouse(stand: Stand, role: keyof Pair, rounds: number): Promise<House> {
  const instance = await stand.open(role, LARGEST + rounds * SINGLES);
  const creators = Array<string>(SIZES.length + rounds * ROOMS_A_ROUND).fill(instance.tokens[0]!);
  const ids = await prepareRooms(stand.load, instance, creators, "public");
  const sized = ids.slice(0, SIZES.length);
  for (const [index, roomId] of sized.entries()) {
    await prepareJoins(stand.load, instance, roomId, instance.tokens.slice(1, SIZES[index]!));
  }
  return { instance, sized, empty: ids.slice(SIZES.length) };
}

function joinLine({ load }: Stand, houses: Pair<House>, rounds: number): Promise<Line> {
  return interleave("joins", "joins/s", rounds, (role, round) => {
    const { instance, empty } = houses[role];
    const rooms = empty.slice(round * ROOMS_A_ROUND, (round + 1) * ROOMS_A_ROUND);
    const joiners = instance.tokens.slice(1, PEOPLE);
    const asks = rooms.flatMap((roomId) => joiners.map((token) => join(token, roomId)));
    return sample(load, instance, { ...CROWD, asks, stop: { asks: asks.length } }, asksPerSecond, async () => {
      const checks = rooms.map((roomId) => checkMembers(instance.address, instance.tokens[0]!, roomId, PEOPLE));
      return (await Promise.all(checks)).flat();
    });
  });
}

function listLine({ load }: Stand, houses: Pair<House>, rounds: number): Promise<Line> {
  return interleave(`lists of ${PEOPLE} members`, "lists/s", rounds, (role, round) => {
    const { instance, empty } = houses[role];
    const roomId = empty[round * ROOMS_A_ROUND]!;
    const readers = instance.tokens.slice(0, PEOPLE);
    const asks = readers.map((token) => list(token, `/v1/rooms/${roomId}/members`, "limit=500"));
    const plan = { ...CROWD, asks, stop: { asks: asks.length }, follow: "cursor" } as const;
    return sample(load, instance, plan, asksPerSecond, () =>
      checkMembers(instance.address, instance.tokens[0]!, roomId, PEOPLE),
    );
  });
}

function singleLines({ load }: Stand, houses: Pair<House>, rounds: number): Promise<Line[]> {
  const names = SIZES.map((size) => `single joins at ${size}`);
  return interleaveSeries(names, "joins/s", rounds, async (role, round, index) => {
    const { instance, sized } = houses[role];
    const roomId = sized[index]!;
    const joiners = instance.tokens.slice(LARGEST + round * SINGLES).slice(0, SINGLES);
    const stop = { asks: SINGLES };
    const plan = { ...ALONE, asks: joiners.map((token) => join(token, roomId)), stop };
    const measured = await sample(load, instance, plan, singlyPerSecond, () =>
      checkMembers(instance.address, instance.tokens[0]!, roomId, SIZES[index]! + SINGLES),
    );
    await load.prepare(instance.address, { ...ALONE, asks: joiners.map((token) => leave(token, roomId)), stop });
    return measured;
  });
}
