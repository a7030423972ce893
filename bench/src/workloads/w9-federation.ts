import { observe } from "../measure/observe.ts";
import { cpuSeconds } from "../measure/process-usage.ts";
import type { Sample } from "../report/report.ts";
import { absolute, againstFloor } from "../report/verdict.ts";
import { readList } from "../verify/read-list.ts";
import { send } from "./asks.ts";
import { prepareJoins, prepareMessages, prepareRooms } from "./prepare.ts";
import { prepareRestSenders } from "./rest-sends.ts";
import { bareSample, cpuMicros, lineOf, takeTurns } from "./rounds.ts";
import { ask, endOf, invite, joinRoom, startTwo, type Two, until } from "./w9/two-servers.ts";
import type { Workload } from "./workload.ts";

const SENDERS = 64;
/** How often it is looked whether all has come: seldom enough that looking takes nothing of the core that it comes on. */
const PATIENT_MS = 25;
const MISSED = 4500;
const LARGE = { events: 100_000, members: 1000 };

/** Rooms that two servers share: what the second one has a second, and how soon it has what it missed or joins. */
export const w9Federation: Workload = {
  id: "W9",
  title: "federation: from a hub to a replica, on the load's core",
  async run(stand, { rounds, seconds, long }) {
    const alone = await prepareRestSenders(stand, "subject", SENDERS);
    const two = await startTwo(stand, LARGE.members);
    const rooms = await prepareRooms(stand.load, two.hub, two.hub.tokens.slice(0, SENDERS), "group");
    for (const room of rooms) {
      await invite(two, room);
      await joinRoom(two, room);
    }
    await shared(two, rooms, () => flow(two, rooms, 1, stand));
    const turns = await takeTurns(["shared", "alone"] as const, rounds, (turn) =>
      turn === "alone" ? alone.run(seconds) : shared(two, rooms, () => flow(two, rooms, seconds, stand)),
    );
    const flowing = lineOf("events at the second server", "events/s", {
      subject: turns.get("shared")!,
      floor: turns.get("alone")!,
    });
    const missed = long ? [MISSED, LARGE.events] : [MISSED];
    const caught = [];
    for (const count of missed) {
      const samples: Sample[] = [];
      for (let round = 0; round < (count > MISSED ? 1 : rounds); round++) {
        samples.push(await catchUp(two, rooms[0]!, count, stand));
      }
      caught.push(lineOf(`catch-up of ${count} events`, "ms", { subject: samples, floor: [] }));
    }
    const [large] = (await prepareRooms(stand.load, two.hub, [two.hub.tokens[0]!], "public")) as [string];
    await prepareJoins(stand.load, two.hub, large, two.hub.tokens.slice(1));
    await prepareMessages(stand.load, two.hub, large, two.hub.tokens.slice(0, 64), LARGE.events);
    const view = lineOf(`first view of ${LARGE.events} events and ${LARGE.members} members`, "ms", {
      subject: [await firstView(two, large)],
      floor: [],
    });
    return {
      id: this.id,
      title: this.title,
      sides: { subject: "shared", floor: "W1, the same server alone" },
      lines: [flowing, ...caught, view],
      verdicts: [
        againstFloor(flowing, { wanted: "at least", bar: 0.5, aim: 0.9 }),
        absolute(caught[0]!, { wanted: "at most", bar: 3000, aim: 700 }),
        absolute(view, { wanted: "at most", bar: 1000, aim: 200 }),
      ],
      notes: [
        "the load and the second server have one core together, where there are two",
        "CPU: of the second server, an event; beside W1 of the server, a send",
      ],
    };
  },
};

type Stand = Parameters<Workload["run"]>[0];

/** Sends at the hub for so long; answers how many, once the second server has them all. */
async function flow({ hub }: Two, rooms: readonly string[], seconds: number, { load }: Stand) {
  const asks = rooms.map((room, index) => send(hub.tokens[index]!, room));
  return load.run(hub.address, { asks, connections: SENDERS, share: "own", stop: { seconds } });
}

/** By all that was sent, and the time until the second server has the last of it; each log is read back there. */
async function shared(two: Two, rooms: readonly string[], work: () => ReturnType<typeof flow>): Promise<Sample> {
  const { hub, replica } = two;
  const started = performance.now();
  const before = cpuSeconds(replica.pid);
  const { result, surroundings } = await observe(hub, async () => {
    const outcome = await work();
    for (const [index, room] of rooms.entries()) await arrived(two, room, hub.tokens[index]!, PATIENT_MS);
    return { ...outcome, tookMs: performance.now() - started };
  });
  const used = cpuSeconds(replica.pid) - before;
  const { answers, faults, tookMs } = result;
  const checked = await sameLog(two, rooms[0]!, hub.tokens[0]!);
  return {
    ...bareSample((answers * 1000) / tookMs, [...faults, ...checked]),
    cpuMicrosPerUnit: cpuMicros(used, answers),
    surroundings,
  };
}

async function arrived({ hub, replica }: Two, room: string, token: string, everyMs = 5): Promise<void> {
  const { hash } = await endOf(hub, token, room);
  await until(async () => (await endOf(replica, replica.tokens[0]!, room)).hash === hash, everyMs);
}

interface Entry {
  stream_position: number;
  hash: string;
}

/** What the second server has of a room is, event by event, what the hub has. */
async function sameLog({ hub, replica }: Two, room: string, token: string): Promise<string[]> {
  const path = `/v1/rooms/${room}/messages?direction=forward&limit=200`;
  const here = await readList<Entry>(hub.address, token, path, "from", "0");
  const there = await readList<Entry>(replica.address, replica.tokens[0]!, path, "from", "0");
  const hashes = new Map(there.map(({ stream_position, hash }) => [stream_position, hash]));
  const first = Math.min(...hashes.keys());
  const lost = here.filter(({ stream_position: at, hash }) => at >= first && hashes.get(at) !== hash);
  return lost.length === 0 ? [] : [`${room}: ${lost.length} events are not at the second server as they are here`];
}

/** From the moment the second server is back, and one of its people says something, until it has all it missed. */
async function catchUp(two: Two, room: string, count: number, { load }: Stand): Promise<Sample> {
  const { hub, replica } = two;
  const { exitCode } = await replica.stop();
  await prepareMessages(load, hub, room, [hub.tokens[0]!], count);
  await replica.startAgain();
  const started = performance.now();
  const before = cpuSeconds(replica.pid);
  await ask(replica, replica.tokens[0]!, "POST", `/v1/rooms/${room}/send`, { content: { body: "back" } });
  await arrived(two, room, hub.tokens[0]!);
  const ms = performance.now() - started;
  const used = cpuSeconds(replica.pid) - before;
  const faults = [
    ...(exitCode === 0 ? [] : [`it ended with ${exitCode}`]),
    ...(await sameLog(two, room, hub.tokens[0]!)),
  ];
  return { ...bareSample(ms, faults), cpuMicrosPerUnit: cpuMicros(used, count) };
}

/** From the join until its newest messages and its first members are seen. */
async function firstView(two: Two, room: string): Promise<Sample> {
  const { replica } = two;
  await invite(two, room);
  const started = performance.now();
  await joinRoom(two, room);
  const [token] = replica.tokens as [string];
  const events = await ask<unknown[]>(replica, token, "GET", `/v1/rooms/${room}/messages?limit=50`);
  const members = await ask<unknown[]>(replica, token, "GET", `/v1/rooms/${room}/members?limit=50`);
  const ms = performance.now() - started;
  return bareSample(ms, events.length === 50 && members.length === 50 ? [] : ["the view is not whole"]);
}
