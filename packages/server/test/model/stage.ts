/** One play of a story: a real server of its own, its people, and everything that their streams carry. */
import assert from "node:assert/strict";
import { type Answer, assertOk, type Frame, Person, StreamClient, TestClock, TestServer } from "@stairwell/testing";
import { findTenantBySlug } from "../../src/tenants/index.ts";
import { makePerson } from "../support/people.ts";
import { Book } from "./book.ts";
import { call } from "./call.ts";
import { LIMITS, newWorld, PEOPLE } from "./cast.ts";
import type { Command } from "./commands.ts";
import type { Who, World } from "./world.ts";

/** An event in the store. */
export interface Logged {
  /** Its room's id. */
  readonly room: string;
  readonly position: number;
  readonly id: string;
  readonly type: string;
}

export class Stage {
  readonly server: TestServer;
  readonly book = new Book();
  readonly #clock: TestClock;
  readonly #people = new Map<Who, Person>();
  readonly streams = new Map<Who, StreamClient>();
  /** The last row of the log that was looked at. */
  #looked = 0;
  /** How many events the logs have, as of the last look. */
  total = 0;

  private constructor(server: TestServer, clock: TestClock) {
    this.server = server;
    this.#clock = clock;
  }

  /** Plays on a new server, which ends with the play. */
  static async play(story: (stage: Stage, world: World) => Promise<void>): Promise<void> {
    const endings: (() => unknown)[] = [];
    const scope = { after: (ending: unknown) => void endings.push(ending as () => unknown) };
    const clock = new TestClock();
    try {
      const stage = new Stage(await TestServer.start(scope as never, { clock }), clock);
      await stage.#open(scope);
      await story(stage, newWorld(clock.now()));
    } finally {
      for (const end of endings.reverse()) await end();
    }
  }

  async #open(scope: { after: (ending: unknown) => void }): Promise<void> {
    for (const [who, { tenant, kind, eager }] of PEOPLE) {
      if (kind === "bot") {
        const home = await findTenantBySlug(this.server.db, tenant);
        await makePerson(this.server.db, home!, who, { participantType: "bot", autoJoin: eager });
      }
      const person = await this.server.person(who, tenant).signIn();
      this.#people.set(who, person);
      this.book.bind(who, person.id);
      this.book.bind(`own of ${who}`, person.me.personal_workspace_id);
      this.streams.set(who, await StreamClient.open(scope as never, person));
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
    const news = await this.server.db.all<Logged & { row: number }>(
      `SELECT e.rowid AS row, r.room_id AS room, e.position, e.event_id AS id, e.event_type AS type FROM events e
       JOIN rooms r ON r.tenant_no = e.tenant_no AND r.room_no = e.room_no WHERE e.rowid > $1 ORDER BY e.rowid`,
      this.#looked,
    );
    this.#looked = news.at(-1)?.row ?? this.#looked;
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
    for (const { room, position, id } of news) if (room === roomId) this.book.bind(`${key}#${position}`, id);
  }

  /** The events that somebody's stream carried, by id. */
  async frames(): Promise<Map<string, Frame>> {
    await Promise.all([...this.streams.values()].map((stream) => stream.settled()));
    return new Map(
      [...this.streams.values()].flatMap(({ events }) => events.map((frame) => [frame.id as string, frame])),
    );
  }
}
