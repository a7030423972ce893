import type { Disks } from "./disk.ts";
import { SOUND } from "./net.ts";
import type { Ask, Plan, ServerPlan, Step } from "./plan.ts";
import { play } from "./play.ts";

/** What is late by so much would hardly come later: no pause between two tries is longer than an hour. */
const SHORT_MS = 3 * 3_600_000;

/** The smallest world that is found in which the same is wrong. */
export async function cutDown(plan: Plan, violation: string, disks: Disks): Promise<Plan> {
  const fault = faultOf(violation);
  return shrunk(plan, async (one) => {
    const found = (await play(one, disks, { patienceMs: SHORT_MS })).violation;
    return found !== undefined && faultOf(found) === fault;
  });
}

/** What is wrong, without who, where and when: two plans that come to the same fail alike. */
export function faultOf(violation: string): string {
  const whole = violation
    .replace(/^in \d+ hours: /, "")
    .replaceAll(/@\w+:[\w.]+|\b\w\.example\b|\b[a-z]+-[\da-f-]{36}|\b\d+\b/g, "…");
  return whole.split(whole.includes(" broke down: ") ? "\n" : /[:\n]/)[0]!;
}

/**
 * The smallest plan that is found which still fails, by taking things away for as long as it does: steps, servers, rooms and
 * their people, faults, and whatever steps have beside. Plays so many plans at the most.
 */
export async function shrunk(plan: Plan, fails: (plan: Plan) => Promise<boolean>, most = 500): Promise<Plan> {
  let smallest = plan;
  let left = most;
  const accept = async (candidate: Plan): Promise<boolean> => {
    if (isEqual(candidate, smallest) || left-- <= 0 || !(await fails(candidate))) return false;
    smallest = candidate;
    return true;
  };
  for (let before: Plan | undefined; before !== smallest && left > 0;) {
    before = smallest;
    for (let size = smallest.steps.length; size >= 1 && left > 0; size = Math.floor(size / 2)) {
      for (let at = 0; at < smallest.steps.length;) {
        const steps = smallest.steps.toSpliced(at, size);
        if (!(await accept({ ...smallest, steps }))) at += size;
      }
    }
    for (const simpler of SIMPLER) {
      for (const candidate of simpler(smallest)) if (await accept(candidate)) break;
    }
    for (const at of smallest.steps.keys()) {
      for (const name of BESIDE) {
        const { [name]: _, ...step } = smallest.steps[at]! as Step & Ask;
        await accept({ ...smallest, steps: smallest.steps.with(at, step as Step) });
      }
    }
  }
  return smallest;
}

/** What a step may have and need not. */
const BESIDE = ["crowd", "again", "tries", "body", "message", "file"] as const satisfies readonly (keyof Ask)[];

function isEqual(one: Plan, other: Plan): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Each a list of what is to be tried instead, the simplest first. */
const SIMPLER: readonly ((plan: Plan) => Plan[])[] = [
  ({ thief, ...rest }) => (thief === undefined ? [] : [rest]),
  ({ evil, ...rest }) => (evil === undefined ? [] : [rest]),
  (plan) => [{ ...plan, weather: SOUND }],
  ...(["lost", "unanswered", "twice", "spoilt"] as const).map((fault) => (plan: Plan) => [
    { ...plan, weather: { ...plan.weather, [fault]: 0 } },
  ]),
  ({ readers, ...plan }) => [
    { ...plan, readers: [] },
    ...readers.map((_, at) => ({ ...plan, readers: readers.toSpliced(at, 1) })),
  ],
  ({ servers, ...plan }) => servers.map(({ name }) => without({ servers, ...plan }, name)),
  ({ servers, ...plan }) => [{ ...plan, servers: servers.map((server) => apart(server, server.house)) }],
  (plan) => plan.rooms.map((_, at) => ({ ...plan, rooms: plan.rooms.toSpliced(at, 1) })),
  (plan) =>
    plan.rooms.flatMap((room, at) =>
      room.others.map((_, nth) => ({
        ...plan,
        rooms: plan.rooms.with(at, { ...room, others: room.others.toSpliced(nth, 1) }),
      })),
    ),
  (plan) => [{ ...plan, ms: (plan.steps.at(-1)?.at ?? 0) + 1 }],
];

/** A server in a deployment of its own, where it was in another's. */
function apart(server: ServerPlan, other: string | undefined): ServerPlan {
  const { house, ...rest } = server;
  return house === undefined || house !== other ? server : rest;
}

/** The world without a server, and without what it, its people and others have to do with it. */
function without(plan: Plan, name: string): Plan {
  const { evil, thief, ...rest } = plan;
  const isGone = (text: string): boolean => text === name || text.endsWith(`:${name}`);
  return {
    ...rest,
    ...(evil !== undefined && evil.server !== name && { evil }),
    ...(thief !== undefined && thief !== name && { thief }),
    servers: plan.servers.filter((server) => server.name !== name).map((server) => apart(server, name)),
    readers: plan.readers.filter((one) => !isGone(one)),
    rooms: plan.rooms
      .filter(({ hub }) => hub !== name)
      .map(({ hub, others }) => ({ hub, others: others.filter((one) => !isGone(one)) })),
    steps: plan.steps.filter(
      (step) => !Object.values(step).some((value) => typeof value === "string" && isGone(value)),
    ),
  };
}
