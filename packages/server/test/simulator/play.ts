import { Random } from "@stairwell/testing";
import { type Fqid, parseFqid } from "@stairwell/protocol";
import { Book } from "./book.ts";
import { call } from "./call.ts";
import type { Disks } from "./disk.ts";
import { PEOPLE } from "./draw-plan.ts";
import { damageOf, disagreement, fateless, unfinished } from "./ends.ts";
import { Evil } from "./evil.ts";
import { misnamed, unheard } from "./names.ts";
import { pass, revokeOld, rotate, useStolenKeys } from "./keys.ts";
import { People } from "./people.ts";
import type { Plan, RoomPlan, ServerPlan, Step } from "./plan.ts";
import { pry } from "./prying.ts";
import type { SimServer } from "./server.ts";
import { settleStorms, strike } from "./storms.ts";
import { Reader } from "./streams.ts";
import { Trace } from "./trace.ts";
import { Violation, World } from "./world.ts";

/** What a plan came to. */
export interface Played {
  /** Of everything that happened. */
  readonly digest: string;
  /** Things that happened. */
  readonly lines: number;
  /** What was violated first; undefined where nothing was. */
  readonly violation: string | undefined;
  readonly counts: ReadonlyMap<string, number>;
}

export interface How {
  /** Told of all that happens. */
  readonly print?: ((line: string) => void) | undefined;
  /** For how long servers may take to agree, with all faults gone. */
  readonly patienceMs?: number;
}

const BOUNDS = { participants: 9, foreigners: 5 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Plays a world, from its beginning to where everybody agrees, or to the first thing that must not be. */
export async function play(plan: Plan, disks: Disks, how: How = {}): Promise<Played> {
  return (await playOnce(plan, disks, how)) ?? (await playOnce(plan, disks, how))!;
}

/** Undefined where the disks were not ready for what the world does: they are now. */
async function playOnce(plan: Plan, disks: Disks, { print, patienceMs = DAY_MS }: How): Promise<Played | undefined> {
  const trace = new Trace(print);
  const world = new World(plan.dice, trace, patienceMs);
  const counts = new Map<string, number>();
  let violation: string | undefined;
  let other: unknown;
  try {
    await story(plan, world, disks, counts);
  } catch (error) {
    if (error instanceof Violation) violation = error.message;
    else other = error;
  }
  for (const server of world.servers) server.end();
  const isVoid = disks.giveBack();
  World.end();
  if (isVoid) return undefined;
  if (other !== undefined) throw other;
  return { digest: trace.digest(), lines: trace.lines, violation, counts };
}

async function story(plan: Plan, world: World, disks: Disks, counts: Map<string, number>): Promise<void> {
  const { schedule } = world;
  const book = new Book(world, BOUNDS);
  world.onCommitted = (server) => book.committed(server);
  for (const server of plan.servers) {
    const where = server.house === undefined ? disks : world.server(server.house);
    await open(world, world.add(server.name, where), server);
  }
  for (const room of plan.rooms) await shareARoom(world, book, room);

  const people = new People(world, book);
  const readers = plan.readers.map((fqid) => readerOf(world, fqid));
  for (const reader of readers) void reader.read();
  if (plan.evil !== undefined) corrupt(world, book, plan.evil);
  const end = schedule.now + plan.ms;
  world.net.usual = plan.weather;
  for (const next of plan.steps) schedule.after(next.at, "", () => take(world, people, next));
  while (schedule.now < end && schedule.next !== undefined) await step(world);

  await settleStorms(world);
  const cast = { people, readers };
  await converge(world, book, cast);
  if (plan.thief !== undefined) await night(world, book, cast, plan.thief);
  for (const [what, count] of people.counts) counts.set(what, count);
}

function take(world: World, people: People, next: Step): void {
  switch (next.does) {
    case "ask":
      return people.act(next);
    case "mischief":
      for (const evil of world.evil.values()) {
        const random = new Random(next.dice);
        void (next.isForFiles ? pry(evil, random) : evil.mischief(random));
      }
      return;
    default:
      return strike(world, next);
  }
}

/** Those who ask, and those who read. */
interface Cast {
  readonly people: People;
  readonly readers: readonly Reader[];
}

function readerOf(world: World, fqid: Fqid): Reader {
  const server = world.server(parseFqid(fqid)!.serverName);
  return new Reader(
    world,
    server,
    server.people.find((one) => one.fqid === fqid)!,
  );
}

/** What somebody of a server that keeps to the rules was to be told, and was not. */
function unread(world: World, readers: readonly Reader[]): string | undefined {
  for (const reader of readers) {
    const missing = world.isEvil(parseFqid(reader.fqid)!.serverName) ? undefined : reader.missing();
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** One of them keeps to no rule from now on. */
function corrupt(world: World, book: Book, evil: NonNullable<Plan["evil"]>): void {
  const { server: name } = evil;
  world.evil.set(name, new Evil(world, book, world.server(name), evil));
  world.schedule.trace.say(`${name} is evil`);
}

/** Everybody is off for hours; then what was stolen of a server before is tried. */
async function night(world: World, book: Book, cast: Cast, thief: string): Promise<void> {
  const { servers } = world;
  const server = world.server(thief);
  await world.settle(rotate(world, server), "a rotation");
  await revokeOld(world, server);
  for (const one of servers) one.crash();
  await pass(world, 2 * HOUR_MS);
  for (const one of servers) one.start();
  await useStolenKeys(world);
  world.check();
  await converge(world, book, cast);
}

/** Safety: whatever may not be is looked for with every step. */
async function step(world: World): Promise<void> {
  await world.schedule.step();
  world.check();
}

async function open(world: World, server: SimServer, plan: ServerPlan): Promise<void> {
  server.start();
  if (plan.showsHistory) world.showsHistory.add(server.name);
  const policy = {
    default_mode: "open",
    members_may_invite: plan.membersMayInvite,
    history_before_join: plan.showsHistory,
    max_foreign_participants_per_room: BOUNDS.foreigners,
    max_backfill_events_per_request: plan.mostBackfill,
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
async function shareARoom(world: World, book: Book, plan: RoomPlan): Promise<void> {
  const { servers } = world;
  const hub = world.server(plan.hub);
  const others: readonly Fqid[] = plan.others;
  const [admin] = hub.people;
  const ask = async (server: SimServer, who: typeof admin, operationId: string, params: object, body: object) => {
    const outcome = await world.settle(
      call(server, who!, { operationId, params: params as Record<string, string>, body }),
      operationId,
    );
    world.check();
    if (outcome.kind !== "done")
      throw new Violation(`I29 ${operationId} is not done in calm weather: ${JSON.stringify(outcome)}`);
    return outcome.data as { id: string };
  };
  const { id: room_id } = await ask(hub, admin, "createRoom", {}, { room_type: "group", name: "Shared" });
  const early = book.deed(admin!.fqid);
  await ask(hub, admin, "sendMessage", { room_id }, { content: { body: `deed ${early.number}` } });
  await ask(hub, admin, "federateRoom", { room_id }, { enabled: true });
  for (const fqid of others) await ask(hub, admin, "inviteFederated", { room_id }, { fqid });
  for (const server of servers) {
    for (const who of server.people.filter(({ fqid }) => others.includes(fqid))) {
      await world.schedule.until(() => isKnown(server, room_id, who.participantNo), 60_000, "an invite");
      await ask(server, who, "joinRoom", { room_id }, {});
    }
  }
}

function isKnown({ disk, tenantNo }: SimServer, roomId: string, participantNo: number): boolean {
  const sql = `SELECT 1 FROM members m JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no
    WHERE r.tenant_no = $1 AND r.room_id = $2 AND m.participant_no = $3`;
  return disk.writer.get(sql, [tenantNo, roomId, participantNo]) !== undefined;
}

/** Liveness: with all faults gone, everything that is on its way arrives, and all who share a room have the same one. */
async function converge(world: World, book: Book, { people, readers }: Cast): Promise<void> {
  const { schedule, honest: servers } = world;
  const end = schedule.now + world.patienceMs;
  let left: string | undefined = "nothing was looked at";
  while (left !== undefined && schedule.now < end) {
    const pause = schedule.now + 500;
    while (schedule.next !== undefined && schedule.next <= pause) await step(world);
    if (schedule.next !== undefined && schedule.now < pause) await step(world);
    left =
      people.underWay > 0
        ? `${people.underWay} calls are not answered`
        : (unfinished(servers, book) ?? unread(world, readers) ?? unheard(world, book, people));
  }
  if (left !== undefined) world.violated(`in ${world.patienceMs / HOUR_MS} hours: ${left}`);
  world.check();
  for (const server of servers) {
    const damage = await damageOf(server);
    if (damage !== undefined) world.violated(damage);
  }
  const wrong = fateless(people, book) ?? misnamed(world, book) ?? (await disagreement(servers, book));
  if (wrong !== undefined) world.violated(wrong);
  world.check();
}
