import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { verify } from "@stairwell/server/testing";
import {
  type Answer,
  assertOk,
  assertRefused,
  type Person,
  TestServer,
  type TestServerOptions,
} from "@stairwell/testing";
import type { Expected } from "./expected.ts";

type Call = () => ReturnType<Person["get"]>;
type Loose = Awaited<ReturnType<Call>>;

/** A server whose whole store is held against its logs when the test is over. */
export async function startVerified(t: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
  let server: TestServer | undefined;
  // Registered before the server's own end, so it still has a store to look at; a failure here skips that end.
  t.after(async () => {
    if (server === undefined) return;
    const { ok, findings } = await verify(server.db);
    if (!ok) await server.stop();
    assert(ok, JSON.stringify(findings));
  });
  server = await TestServer.start(t, options);
  return server;
}

/** A room with what its log and rows must say after each call. */
export class RoomUnderTest {
  readonly id: string;
  readonly #server: TestServer;
  /** Through whose eyes the history is read; joined while it is. */
  readonly #reader: Person;

  constructor(server: TestServer, id: string, reader: Person) {
    this.#server = server;
    this.id = id;
    this.#reader = reader;
  }

  /** The same room, its history read by another. */
  readBy(reader: Person): RoomUnderTest {
    return new RoomUnderTest(this.#server, this.id, reader);
  }

  path(rest = ""): string {
    return `/v1/rooms/${this.id}${rest}`;
  }

  /** The call must succeed and append exactly these events. */
  async appends(call: Call, ...expected: Expected[]): Promise<Loose> {
    const head = await this.head();
    const answer = assertOk(await call());
    await this.recorded(head, ...expected);
    return answer;
  }

  /** The history after a position must be exactly these events, one after the other. */
  async recorded(after: number, ...expected: Expected[]): Promise<void> {
    const page = assertOk(await this.#reader.get(this.path(`/messages?direction=forward&from=${after}&limit=200`)));
    const events = page.data as EventView[];
    assert.deepEqual(
      events.map(({ event_type, sender_id, content, stream_position }) => ({
        event_type,
        sender_id,
        content,
        stream_position,
      })),
      expected.map(({ event_type, sender, content, causedBy }, i) => ({
        event_type,
        sender_id: sender === null ? null : sender.id,
        content: causedBy === undefined ? content : { ...content, cause_event_id: events[causedBy]?.id },
        stream_position: after + 1 + i,
      })),
    );
    assert.equal(await this.head(), after + expected.length);
  }

  /** The call must succeed and leave the log and every row of the room as they were. */
  async changesNothing(call: Call): Promise<Loose> {
    const before = await this.#rows();
    const answer = assertOk(await call());
    assert.deepEqual(await this.#rows(), before);
    return answer;
  }

  /** The call must be refused so, and leave the log and every row of the room as they were. */
  async refuses(call: Call, status: number, code: string, rule?: string, power: Power = {}): Promise<Loose> {
    const before = await this.#rows();
    const answer = await call();
    assertRefused(answer, status, code, rule);
    const { needed, actual } = answer.error;
    assert.deepEqual(power, { ...(needed !== undefined && { needed }), ...(actual !== undefined && { actual }) });
    assert.deepEqual(await this.#rows(), before);
    return answer;
  }

  /** The last position of the log on record. */
  async head(): Promise<number> {
    return (await this.#rows()).head;
  }

  /** How many are joined and invited by the room's own row, and by a count of its members' rows. */
  async counts(): Promise<{ row: Counts; counted: Counts }> {
    const { room, members } = await this.#rows();
    const many = (membership: string) => members.filter((member) => member.membership === membership).length;
    return {
      row: { joined: Number(room.joined_count), invited: Number(room.invited_count) },
      counted: { joined: many("join"), invited: many("invite") },
    };
  }

  /** `open`, `archived` or `closed` on record, whoever may still see it. */
  async state(): Promise<unknown> {
    return (await this.#rows()).room.state;
  }

  async #rows(): Promise<{ head: number; room: Row; members: Row[] }> {
    return this.#server.db.snapshot(async (reader) => {
      const room = await reader.get<Row & { room_no: number; tenant_no: number }>(
        "SELECT * FROM rooms WHERE room_id = $1",
        this.id,
      );
      const of = [room!.tenant_no, room!.room_no] as const;
      const head = await reader.get<{ n: number }>(
        "SELECT max(position) AS n FROM events WHERE tenant_no = $1 AND room_no = $2",
        ...of,
      );
      const members = await reader.all<Row>(
        "SELECT * FROM members WHERE tenant_no = $1 AND room_no = $2 ORDER BY participant_no",
        ...of,
      );
      return { head: head!.n, room: { ...room! }, members: members.map((member) => ({ ...member })) };
    });
  }
}

/** What a refusal for lack of power says (AP5). */
export interface Power {
  needed?: number;
  actual?: number;
}

export interface Counts {
  joined: number;
  invited: number;
}

type Row = Record<string, unknown>;

interface EventView {
  id: string;
  event_type: string;
  sender_id: string | null;
  content: Record<string, unknown>;
  stream_position: number;
}

/** The power level of somebody in a room, set by an admin of it. */
export async function givePower(admin: Person, room: RoomUnderTest, who: Person, level: number): Promise<void> {
  assertOk(await admin.put(room.path(`/members/${who.id}/power-level`), { power_level: level }));
}

/** The member that a call answered, as far as rules speak of it. */
export function memberIn({ data }: Answer<Loose["data"]>) {
  const { participant_id, membership, power_level, invited_by, cause, reason, ban_expires_at } = data;
  return { participant_id, membership, power_level, invited_by, cause, reason, ban_expires_at };
}
