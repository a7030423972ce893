import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { verify } from "@stairwell/server/testing";
import { type Answer, type Person, type Random, TestServer } from "@stairwell/testing";

/** Requests that start together in one round. */
export const AT_ONCE = 32;

/** A server without bounds, and so many people who have signed in. */
export async function openCrowd(t: TestContext, size: number): Promise<{ server: TestServer; people: Person[] }> {
  const server = await TestServer.start(t);
  const people = await server.people(...Array.from({ length: size }, (_, i) => `p${i}`));
  await server.liftLimits();
  return { server, people };
}

/** How many races a test has had, by its random. */
const races = new WeakMap<Random, number>();

/**
 * Starts one request and `AT_ONCE - 1` others so that they meet: as often as not the one has a lead of some turns of the
 * event loop, or they have. Without it a call with a body would always be overtaken by those without. In the first two
 * races of a test they do not meet, so that each order comes on any machine: in the first the one is answered before the
 * others start, in the second they are.
 */
export async function racing<One, Other>(
  random: Random,
  one: () => Promise<One>,
  other: (i: number) => Promise<Other>,
): Promise<[One, Other[]]> {
  const race = races.get(random) ?? 0;
  races.set(random, race + 1);
  const others = (): Promise<Other[]> => Promise.all(Array.from({ length: AT_ONCE - 1 }, (_, i) => other(i)));
  if (race === 0) return [await one(), await others()];
  if (race === 1) {
    const answers = await others();
    return [await one(), answers];
  }
  const oneLeads = random.chance(0.5);
  const after = (isLate: boolean): Promise<void> => someTurns(isLate ? random.int(1, 12) : 0);
  return Promise.all([
    after(!oneLeads).then(one),
    Promise.all(Array.from({ length: AT_ONCE - 1 }, (_, i) => after(oneLeads).then(() => other(i)))),
  ]);
}

async function someTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** How often each answer came: `201`, or `409 SW_ROOM_CAPACITY MB18`. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, error } of answers) {
    const kind = error === undefined ? `${status}` : `${status} ${error.code} ${error.rule}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Every log is whole and every row equals the fold of it. */
export async function assertSound(server: TestServer): Promise<void> {
  const { findings, rooms } = await verify(server.db);
  assert.deepEqual(findings, []);
  assert(rooms > 0);
}

/** Rows of a room, as the store has them. */
export async function membersOf(
  server: TestServer,
  roomId: string,
): Promise<{ local_id: string; membership: string; power_level: number }[]> {
  return server.db.all(
    `SELECT p.local_id, m.membership, m.power_level FROM members m
     JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no
     JOIN participants p ON p.tenant_no = m.tenant_no AND p.participant_no = m.participant_no
     WHERE r.room_id = $1 ORDER BY m.participant_no`,
    roomId,
  );
}

/** A room's log, oldest first. */
export async function logOf(
  server: TestServer,
  roomId: string,
): Promise<
  { position: number; event_id: string; event_type: string; sender: string; ordinal: number; content: string }[]
> {
  return server.db.all(
    `SELECT e.position, e.event_id, e.event_type, e.sender, e.ordinal, e.content FROM events e
     JOIN rooms r ON r.tenant_no = e.tenant_no AND r.room_no = e.room_no WHERE r.room_id = $1 ORDER BY e.position`,
    roomId,
  );
}
