import type { Fqid } from "@stairwell/protocol";
import { Book } from "./book.ts";
import { call } from "./call.ts";
import type { Disks } from "./disk.ts";
import { damageOf, disagreement, fateless, unfinished } from "./ends.ts";
import { Evil } from "./evil.ts";
import { pass, revokeOld, rotate, useStolenKeys } from "./keys.ts";
import { People } from "./people.ts";
import type { SimServer } from "./server.ts";
import { storms } from "./storms.ts";
import { Trace } from "./trace.ts";
import { Violation, World } from "./world.ts";

/** What a seed came to. */
export interface Played {
  readonly seed: number;
  /** Of everything that happened. */
  readonly digest: string;
  readonly steps: number;
  /** What was violated first; undefined where nothing was. */
  readonly violation: string | undefined;
  readonly counts: ReadonlyMap<string, number>;
}

export interface How {
  /** Told of all that happens. */
  readonly print?: ((line: string) => void) | undefined;
  /** With direct rooms, and servers that deny each other. */
  readonly isWide?: boolean;
}

const NAMES = ["a.example", "b.example", "c.example", "d.example"];
const PEOPLE = ["ann", "bob", "cat"];
const BOUNDS = { participants: 9, foreigners: 5 };
const HOUR_MS = 3_600_000;

/** Plays the world of a seed, from its beginning to where everybody agrees, or to the first thing that must not be. */
export async function play(seed: number, disks: Disks, how: How = {}): Promise<Played> {
  return (await playOnce(seed, disks, how)) ?? (await playOnce(seed, disks, how))!;
}

/** Undefined where the disks were not ready for what the world does: they are now. */
async function playOnce(seed: number, disks: Disks, { print, isWide = false }: How): Promise<Played | undefined> {
  const trace = new Trace(print);
  const world = new World(seed, trace, isWide);
  const counts = new Map<string, number>();
  let violation: string | undefined;
  let other: unknown;
  try {
    await story(world, disks, counts);
  } catch (error) {
    if (error instanceof Violation) violation = error.message;
    else other = error;
  }
  for (const server of world.servers) server.crash();
  const isVoid = disks.giveBack();
  World.end();
  if (isVoid) return undefined;
  if (other !== undefined) throw other;
  return { seed, digest: trace.digest(), steps: trace.lines, violation, counts };
}

async function story(world: World, disks: Disks, counts: Map<string, number>): Promise<void> {
  const { random, schedule } = world;
  const book = new Book(world, BOUNDS);
  world.onCommitted = (server) => book.committed(server);
  const names = NAMES.slice(0, random.pick([2, 2, 3, 3, 4]));
  for (const name of names) await open(world, world.add(name, disks));
  const everybody = world.servers.flatMap(({ people }) => people.map(({ fqid }) => fqid));
  for (let i = random.int(1, 2); i > 0; i--) await shareARoom(world, book, everybody);

  const people = new People(world, book, everybody);
  if (names.length > 2 && random.chance(0.5)) corrupt(world, book);
  const end = schedule.now + random.int(20_000, 90_000);
  const settleStorms = storms(world, end);
  for (let left = random.int(15, 40); left > 0; left--) {
    schedule.after(random.int(0, end - schedule.now), "", () => {
      const up = world.servers.filter(({ isUp }) => isUp);
      if (up.length > 0) people.act(random.pick(up));
    });
  }
  for (const evil of world.evil.values()) {
    for (let left = random.int(1, 8); left > 0; left--) {
      schedule.after(random.int(0, end - schedule.now), "", () => void evil.mischief());
    }
  }
  while (schedule.now < end && schedule.next !== undefined) await step(world);

  await settleStorms();
  await converge(world, book, people);
  await night(world, book, people);
  for (const [what, count] of people.counts) counts.set(what, count);
}

/** One of them keeps to no rule from now on. */
function corrupt(world: World, book: Book): void {
  const server = world.random.pick(world.servers);
  world.evil.set(server.name, new Evil(world, book, server));
  world.schedule.trace.say(`${server.name} is evil`);
}

/** Everybody is off for hours; then whatever was stolen before is tried. */
async function night(world: World, book: Book, people: People): Promise<void> {
  const { servers, random } = world;
  if (world.evil.size > 0 || !random.chance(0.15)) return;
  const server = random.pick(servers);
  await world.settle(rotate(world, server), "a rotation");
  await revokeOld(world, server);
  for (const server of servers) server.crash();
  await pass(world, 2 * HOUR_MS);
  for (const server of servers) server.start();
  await useStolenKeys(world);
  world.check();
  await converge(world, book, people);
}

/** Safety: whatever may not be is looked for with every step. */
async function step(world: World): Promise<void> {
  await world.schedule.step();
  world.check();
}

async function open(world: World, server: SimServer): Promise<void> {
  const { random } = world;
  server.start();
  const history_before_join = random.chance(0.5);
  if (history_before_join) world.showsHistory.add(server.name);
  const policy = {
    default_mode: "open",
    members_may_invite: random.chance(0.7),
    history_before_join,
    max_foreign_participants_per_room: BOUNDS.foreigners,
    max_backfill_events_per_request: random.pick([3, 1000]),
  } as const;
  const limits = {
    max_participants: BOUNDS.participants,
    max_rooms: null,
    max_accounts: null,
    max_storage_bytes: null,
    send_rate: null,
    open_invites: null,
    edit_window_seconds: null,
  };
  await world.settle(server.furnish(PEOPLE, policy, limits), "furnishing");
}

/** A room of somebody's, with some people of other servers in it. */
async function shareARoom(world: World, book: Book, everybody: readonly Fqid[]): Promise<void> {
  const { random, servers } = world;
  const hub = random.pick(servers);
  const [admin] = hub.people;
  const ask = async (server: SimServer, who: typeof admin, operationId: string, params: object, body: object) => {
    const outcome = await world.settle(
      call(server, who!, { operationId, params: params as Record<string, string>, body }),
      operationId,
    );
    world.check();
    if (outcome.kind !== "done") throw new Error(`${operationId}: ${JSON.stringify(outcome)}`);
    return outcome.data as { id: string };
  };
  const { id: room_id } = await ask(hub, admin, "createRoom", {}, { room_type: "group", name: "Shared" });
  const early = book.deed(admin!.fqid);
  await ask(hub, admin, "sendMessage", { room_id }, { content: { body: `deed ${early.number}` } });
  await ask(hub, admin, "federateRoom", { room_id }, { enabled: true });
  const others = random.shuffled(everybody.filter((fqid) => !fqid.endsWith(`:${hub.name}`))).slice(0, random.int(1, 4));
  for (const fqid of others) await ask(hub, admin, "inviteFederated", { room_id }, { fqid });
  for (const server of servers) {
    for (const who of server.people.filter(({ fqid }) => others.includes(fqid))) {
      await world.schedule.until(() => isKnown(server, room_id, who.participantNo), 60_000, "an invite");
      await ask(server, who, "joinRoom", { room_id }, {});
    }
  }
}

function isKnown({ disk }: SimServer, roomId: string, participantNo: number): boolean {
  const sql = `SELECT 1 FROM members m JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no
    WHERE r.room_id = $1 AND m.participant_no = $2`;
  return disk.writer.get(sql, [roomId, participantNo]) !== undefined;
}

/** Liveness: with all faults gone, everything that is on its way arrives, and all who share a room have the same one. */
async function converge(world: World, book: Book, people: People): Promise<void> {
  const { schedule, honest: servers } = world;
  const end = schedule.now + 24 * HOUR_MS;
  let left: string | undefined = "nothing was looked at";
  while (left !== undefined && schedule.now < end) {
    const pause = schedule.now + 500;
    while (schedule.next !== undefined && schedule.next <= pause) await step(world);
    if (schedule.next !== undefined && schedule.now < pause) await step(world);
    left = people.underWay > 0 ? `${people.underWay} calls are not answered` : unfinished(servers, book);
  }
  if (left !== undefined) world.violated(`in 24 hours: ${left}`);
  world.check();
  for (const server of servers) {
    const damage = await damageOf(server);
    if (damage !== undefined) world.violated(damage);
  }
  const wrong = fateless(people, book) ?? (await disagreement(servers, book));
  if (wrong !== undefined) world.violated(wrong);
  world.check();
}
