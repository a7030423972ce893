import { freePort } from "../contenders/server-process.ts";
import { latency, latencyAgainstFloor } from "../report/verdict.ts";
import { prepareRooms } from "./prepare.ts";
import { lineOf } from "./rounds.ts";
import { type Condition, FaultyPlace } from "./w9/faulty-place.ts";
import { pacedDelivery } from "./w9/paced.ts";
import { invite, joinRoom, start, startMany } from "./w9/two-servers.ts";
import type { Workload } from "./workload.ts";

/** One room for each of them, with the healthy one in it too. */
const BAD = 20;
const CONDITIONS: readonly Condition[] = ["dead", "slow", "flapping"];
const PACE = { perSecond: 50 };
/** A round is so many times longer than asked for: the p99 of fewer sends is their slowest. */
const LONGER = 4;
/** What the others are in is first seen by failing; that is part of what is measured from the second round on. */
const WARM_S = 2;

/** What one server notices of others that are dead, slow or come and go, in the same rooms. */
export const w9BadPeers: Workload = {
  id: "W9b",
  title: `federation: a healthy server that shares rooms with ${BAD} others, dead, slow or flapping`,
  async run(stand, { rounds, seconds }) {
    const names = Array.from({ length: BAD }, (_, n) => `bad${n}.localhost`);
    const ports: Record<string, number> = { "hub.localhost": await freePort(), "far.localhost": await freePort() };
    for (const name of names) ports[name] = await freePort();
    const hub = await start(stand, "hub.localhost", ports, BAD, stand.cores?.server ?? null);
    const replica = await start(stand, "far.localhost", ports, 1, stand.cores?.load ?? null);
    const others = await startMany(stand, names, ports);
    const places = names.map((name) => new FaultyPlace(ports[name]!));
    const shared = await prepareRooms(stand.load, hub, hub.tokens, "group");
    const join = async (other: typeof replica, room: string): Promise<void> => {
      await invite({ hub, replica: other }, room);
      await joinRoom({ hub, replica: other }, room);
    };
    const run = (length: number) => pacedDelivery({ hub, replica }, shared, { ...PACE, seconds: length });
    try {
      for (const room of shared) await join(replica, room);
      await run(WARM_S);
      const alone = [];
      for (let round = 0; round < rounds; round++) alone.push(await run(seconds * LONGER));
      for (const [n, place] of places.entries()) {
        await place.open(others[n]!.address);
        await join(others[n]!, shared[n]!);
      }
      for (const [n, place] of places.entries()) {
        place.become(CONDITIONS[n % CONDITIONS.length]!, others[n]!.address);
      }
      await run(WARM_S);
      const beside = [];
      for (let round = 0; round < rounds; round++) beside.push(await run(seconds * LONGER));
      const line = lineOf(`${PACE.perSecond} sends/s at the second server`, "events/s", {
        subject: beside,
        floor: alone,
      });
      return {
        id: this.id,
        title: this.title,
        sides: { subject: `beside ${BAD} bad ones`, floor: "alone" },
        lines: [line],
        verdicts: [
          latency(line, { wanted: "at most", bar: null, aim: null }),
          latencyAgainstFloor(line, { wanted: "at most", bar: 2, aim: 1.3 }),
        ],
        notes: [
          "from the send to the stream of the second server; that, the load and the bad ones have one core together",
        ],
      };
    } finally {
      for (const place of places) place.close();
    }
  },
};
