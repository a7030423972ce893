import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { createTenant, NO_LIMITS, openPostgres, verify } from "@stairwell/server/testing";
import { NatsServer, Person, PostgresCluster, Random, StreamClient } from "@stairwell/testing";
import { nodeFolder } from "./node-folder.ts";
import { NodeProcess } from "./node-process.ts";
import { until } from "./until.ts";

const PEOPLE = 8;
const WRITERS = 64;
const ROOMS = 4;

/** Real processes over one PostgreSQL and one NATS, all of which can be hurt. */
export class Storm {
  readonly #random: Random;
  readonly nodes: NodeProcess[] = [];
  readonly #t: TestContext;
  #cluster!: PostgresCluster;
  #nats!: NatsServer;
  #store = "";
  #rooms: string[] = [];
  #isOver = false;
  /** What the servers said is done: event id by `event_uuid`. */
  readonly #acknowledged = new Map<string, string>();
  readonly counts = { sent: 0, retried: 0, kills: 0, restarts: 0, cuts: 0, reconnects: 0 };

  private constructor(t: TestContext, random: Random) {
    this.#t = t;
    this.#random = random;
  }

  static async start(t: TestContext, nodes: number, random: Random): Promise<Storm> {
    const storm = new Storm(t, random);
    storm.#cluster = await PostgresCluster.start();
    t.after(() => storm.#cluster.remove());
    storm.#nats = await NatsServer.start(t);
    const folder = mkdtempSync(join(tmpdir(), "stairwell-storm-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    storm.#store = storm.#cluster.url("postgres");
    const db = await openPostgres({ url: storm.#store, now: () => Date.now(), isUnsafe: true });
    const tenant = { slug: "dev", serverName: "dev.localhost", limits: NO_LIMITS };
    await db.write("deployment", (tx) => createTenant(tx, tenant));
    await db.close();
    for (let i = 0; i < nodes; i++) {
      const settings = { data: nodeFolder(folder, String(i)), store: storm.#store, bus: storm.#nats.url };
      const node = await NodeProcess.start(settings);
      t.after(() => node.kill("SIGKILL"));
      storm.nodes.push(node);
    }
    return storm;
  }

  /** Writers and readers on all nodes, and harm, for so long; then everything is looked at. */
  async rage(ms: number): Promise<void> {
    const people = await Promise.all(Array.from({ length: PEOPLE }, (_, i) => this.#person(`p${i}`).signIn()));
    for (let i = 0; i < ROOMS; i++) this.#rooms.push(await people[0]!.roomWith(people.slice(1)));
    const streams: StreamClient[] = [];
    for (const { name } of people) streams.push(await StreamClient.open(this.#t, this.#person(name)));
    const listening = streams.map((stream) => this.#listen(stream));
    const harming = this.#harm(performance.now() + ms);
    const writing = Array.from({ length: WRITERS }, (_, i) => this.#write(`p${i % PEOPLE}`));
    await harming;
    this.#isOver = true;
    await Promise.all(writing);
    try {
      await this.#examine(streams);
    } finally {
      for (const stream of streams) await stream.cut();
      await Promise.all(listening);
    }
  }

  #person(name: string): Person {
    const up = this.nodes.filter((node) => node.isUp);
    return new Person(this.#random.pick(up.length > 0 ? up : this.nodes).url, name, `dev-${name}@dev`);
  }

  /** Sends until the storm is over; what was not answered is sent again, elsewhere, until it is. */
  async #write(name: string): Promise<void> {
    while (!this.#isOver) {
      const [uuid, roomId] = [randomUUID(), this.#random.pick(this.#rooms)];
      const body = { event_uuid: uuid, content: { msgtype: "swp.text", body: uuid } };
      for (;;) {
        try {
          const answer = await this.#person(name).post(`/v1/rooms/${roomId}/send`, body);
          if (answer.status < 300) {
            this.#acknowledged.set(uuid, answer.data.id);
            this.counts.sent++;
            break;
          }
          assert.ok(answer.status >= 500, JSON.stringify(answer.error));
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
        }
        this.counts.retried++;
        await pause(20 + this.#random.int(0, 80));
      }
    }
  }

  /** Comes back by its cursor, to any node, for as long as the storm is not examined. */
  async #listen(stream: StreamClient): Promise<void> {
    for (;;) {
      if (stream.socket.readyState !== stream.socket.CLOSED) await once(stream.socket, "close");
      if (this.#isExamined) return;
      stream.person = this.#person(stream.person.name);
      this.counts.reconnects++;
      await stream.resume().catch(() => pause(50));
    }
  }
  #isExamined = false;

  async #harm(end: number): Promise<void> {
    const harms = this.#random.shuffled([
      this.#kill,
      this.#restartPostgres,
      this.#stopNats,
      this.#pauseNats,
      this.#kill,
    ]);
    // Each once, and then any.
    for (let turn = 0; turn < harms.length || performance.now() < end; turn++) {
      await pause(this.#random.int(300, 1500));
      await (turn < harms.length ? harms[turn]! : this.#random.pick(harms)).call(this);
    }
  }

  async #kill(): Promise<void> {
    const node = this.#random.pick(this.nodes);
    await node.kill("SIGKILL");
    this.counts.kills++;
    await pause(this.#random.int(0, 1000));
    await node.startAgain();
  }

  async #stopNats(): Promise<void> {
    await this.#nats.stop();
    this.counts.cuts++;
    await pause(this.#random.int(0, 2000));
    await this.#nats.startAgain();
  }

  async #pauseNats(): Promise<void> {
    this.#nats.pause();
    this.counts.cuts++;
    await pause(this.#random.int(0, 2500));
    this.#nats.goOn();
  }

  async #restartPostgres(): Promise<void> {
    await this.#cluster.stop(this.#random.chance(0.5) ? "QUIT" : "INT");
    this.counts.restarts++;
    await pause(this.#random.int(0, 500));
    await this.#cluster.startAgain();
  }

  async #examine(streams: readonly StreamClient[]): Promise<void> {
    const all = new Map<string, string[]>();
    for (const roomId of this.#rooms) {
      const history = await this.#person("p0").history(roomId);
      history.forEach(({ stream_position: position }, i) => assert.equal(position, i + 1, "positions have no gaps"));
      all.set(
        roomId,
        history.map(({ id }) => id as string),
      );
      for (const { id, content } of history) {
        const acknowledged = this.#acknowledged.get(content?.body);
        if (acknowledged !== undefined) assert.equal(id, acknowledged, "a message is there once");
      }
    }
    const ids = new Set([...all.values()].flat());
    for (const [uuid, id] of this.#acknowledged) assert.ok(ids.has(id), `${uuid} was acknowledged and is lost`);
    for (const stream of streams) {
      const heardAll = () =>
        this.#rooms.every((roomId) => stream.events.some(({ id }) => id === all.get(roomId)!.at(-1)));
      await until(heardAll, { what: `all of ${stream.person.name}'s stream` });
      stream.check();
      assert.ok(!stream.frames.some(({ type }) => type === "reset"), "no stream has to reload");
      for (const roomId of this.#rooms) {
        const heard = stream.events.filter((event) => event.room_id === roomId).map(({ id }) => id as string);
        assert.deepEqual(heard, all.get(roomId)!.slice(-heard.length), "a stream is the end of the log");
        assert.ok(heard.length >= all.get(roomId)!.length - 30, "from its opening on");
      }
    }
    this.#isExamined = true;
    const db = await openPostgres({ url: this.#store, now: () => Date.now(), isUnsafe: true });
    try {
      assert.deepEqual((await verify(db)).findings, []);
    } finally {
      await db.close();
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
