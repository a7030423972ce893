/** One play of a story: a real server of its own, its people, and everything that their streams carry. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Answer, assertOk, type Frame, Person, StreamClient, TestClock, TestServer } from "@stairwell/testing";
import { findTenantBySlug } from "../../src/tenants/index.ts";
import { untilGone } from "../admin/managed.ts";
import { makePerson } from "../support/people.ts";
import { Book } from "./book.ts";
import { call } from "./call.ts";
import { LIMITS, newWorld, PEOPLE } from "./cast.ts";
import type { Command } from "./commands.ts";
import { aliasOf } from "./views.ts";
import type { Who, World } from "./world.ts";

/** An event in the store. */
export interface Logged {
  /** Its room's id. */
  readonly room: string;
  readonly position: number;
  readonly id: string;
  readonly type: string;
  /** The alias of its room. */
  readonly alias: string | null;
}

/** No file is swept for not being used: when that happens is not the clock's to say. */
const MEDIA = { maxBytes: 1_000_000, keepUnusedSeconds: 1e9 };

type Scope = TestContext;

export class Stage {
  readonly server: TestServer;
  readonly book = new Book();
  /** Ends with the play. */
  readonly scope: Scope;
  readonly #clock: TestClock;
  readonly #people = new Map<Who, Person>();
  readonly streams = new Map<Who, StreamClient>();
  /** Whose streams ended with their deactivation. */
  readonly #ended = new Set<Who>();
  /** The last event of each tenant that was looked at, by its place among all of the tenant. */
  readonly #looked = new Map<number, number>();
  /** How many events the logs have, as of the last look. */
  total = 0;

  private constructor(server: TestServer, clock: TestClock, scope: Scope) {
    this.server = server;
    this.scope = scope;
    this.#clock = clock;
  }

  /** Plays on a new server, which ends with the play. */
  static async play(story: (stage: Stage, world: World) => Promise<void>): Promise<void> {
    const endings: (() => unknown)[] = [];
    const scope = { after: (ending: unknown) => void endings.push(ending as () => unknown) } as Scope;
    const clock = new TestClock();
    try {
      const stage = new Stage(await TestServer.start(scope, { clock, media: MEDIA }), clock, scope);
      await stage.#open();
      await story(stage, newWorld(clock.now()));
    } finally {
      for (const end of endings.reverse()) await end();
    }
  }

  async #open(): Promise<void> {
    for (const [who, { tenant, kind, eager }] of PEOPLE) {
      if (kind === "bot") {
        const home = await findTenantBySlug(this.server.db, tenant);
        await makePerson(this.server.db, home!, who, { participantType: "bot", autoJoin: eager });
      }
      const person = await this.server.person(who, tenant).signIn();
      this.#people.set(who, person);
      this.book.bind(who, person.id);
      this.book.bind(`own of ${who}`, person.me.personal_workspace_id);
      this.streams.set(who, await StreamClient.open(this.scope, person));
    }
    this.#people.set("nobody", new Person(this.server.url, "nobody", ""));
    this.#people.set("stranger", new Person(this.server.url, "stranger", "swt_of-nobody"));
    const shared = assertOk(await this.#people.get("ann")!.post("/v1/workspaces", { name: "Shared" })).data.id;
    this.book.bind("shared", shared);
    for (const [who, role] of [
      ["bob", "viewer"],
      ["cat", "editor"],
    ] as const) {
      const body = { participant_id: this.book.id(who), role };
      assertOk(await this.#people.get("ann")!.post(`/v1/workspaces/${shared}/members`, body));
    }
    const limits = { max_participants: LIMITS.participants, max_rooms: LIMITS.rooms, open_invites: LIMITS.openInvites };
    for (const slug of ["dev", "other"]) await this.server.setLimits({ ...limits, send_rate: null }, slug);
  }

  person(who: Who): Person {
    return this.#people.get(who)!;
  }

  /** Sends a command. Waiting is the clock's. */
  async act(command: Command): Promise<Answer<Record<string, unknown>>> {
    assert(command.do !== "wait");
    return call(this.#people.get(command.by)!, command, this.book, this.#clock.now());
  }

  wait(ms: number): void {
    this.#clock.advance(ms);
  }

  /** What came to the logs since the last look, oldest first. Events of rooms that have a name get theirs. */
  async news(): Promise<Logged[]> {
    const news: Logged[] = [];
    for (const { tenant_no: no } of await this.server.db.all<{ tenant_no: number }>("SELECT tenant_no FROM tenants")) {
      const rows = await this.server.db.all<Logged & { seq: number }>(
        `SELECT e.seq, r.room_id AS room, r.alias, e.position, e.event_id AS id, e.event_type AS type FROM events e
         JOIN rooms r ON r.tenant_no = e.tenant_no AND r.room_no = e.room_no
         WHERE e.tenant_no = $1 AND e.seq > $2 ORDER BY e.seq`,
        no,
        this.#looked.get(no) ?? 0,
      );
      this.#looked.set(no, rows.at(-1)?.seq ?? this.#looked.get(no) ?? 0);
      news.push(...rows);
    }
    this.total += news.length;
    for (const { room, position, id } of news) {
      const key = this.book.named(room) as string;
      if (key !== room) this.book.bind(`${key}#${position}`, id);
    }
    return news;
  }

  /** Gives a new room its name, and its events theirs. */
  bindRoom(key: string, roomId: string, news: readonly Logged[]): void {
    this.book.bind(key, roomId);
    for (const { room, position, id, alias } of news) {
      if (room !== roomId) continue;
      this.book.bind(`${key}#${position}`, id);
      if (alias !== null) this.book.bind(aliasOf(key), alias);
    }
  }

  /** Gives what was just made its name: a room with all that is in it, or a file. */
  bindMade(name: string, { data }: Answer<Record<string, unknown>>, news: readonly Logged[]): void {
    const { id, media_id } = data as { id?: string; media_id?: string };
    if (media_id === undefined) this.bindRoom(name, id!, news);
    else this.book.bind(name, media_id);
  }

  /** Waits until those who were deactivated have left their rooms and streams, and opens those of who is back. */
  async afterDepartures(): Promise<void> {
    await untilGone(this.server);
    const rows = await this.server.db.all<{ id: string }>(
      "SELECT participant_id AS id FROM participants WHERE deactivated_at IS NOT NULL",
    );
    const out = new Set(rows.map(({ id }) => this.book.named(id) as Who));
    for (const [who, stream] of this.streams) {
      if (out.has(who) && !this.#ended.has(who)) {
        await stream.closed();
        this.#ended.add(who);
      } else if (!out.has(who) && this.#ended.delete(who)) await stream.connect();
    }
  }

  /** Waits until everything is here that the open streams are to carry. */
  async settled(): Promise<void> {
    const open = [...this.streams].filter(([who]) => !this.#ended.has(who));
    await Promise.all(open.map(([, stream]) => stream.settled()));
  }

  /** The events that somebody's stream carried, by id. */
  async frames(): Promise<Map<string, Frame>> {
    await this.settled();
    return new Map(
      [...this.streams.values()].flatMap(({ events }) => events.map((frame) => [frame.id as string, frame])),
    );
  }
}
