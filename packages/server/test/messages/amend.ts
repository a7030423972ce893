import type { Answer, Person } from "@stairwell/testing";

type Loose = Awaited<ReturnType<Person["get"]>>["data"];
type Answered = Promise<Answer<Loose>>;

/** One event of a room, and what people do to it. */
export class EventUnderTest {
  readonly path: string;
  readonly id: string;

  constructor(room: string, { id }: { id: string }) {
    this.id = id;
    this.path = `/v1/rooms/${room}/events/${id}`;
  }

  get(who: Person): Answered {
    return who.get(this.path);
  }

  edit(who: Person, content: object): Answered {
    return who.post(`${this.path}/edit`, { content });
  }

  redact(who: Person, body?: object): Answered {
    return who.post(`${this.path}/redact`, body);
  }

  react(who: Person, emoji: string): Answered {
    return who.post(`${this.path}/reaction`, { emoji });
  }

  unreact(who: Person, emoji: string): Answered {
    return who.delete(`${this.path}/reaction?emoji=${encodeURIComponent(emoji)}`);
  }
}

/** Everything of this room's log on record: type, content and salt, by position. */
export async function recordOf(
  { db }: { db: { all<Row>(sql: string, ...values: string[]): Promise<Row[]> } },
  room: string,
): Promise<{ position: number; event_type: string; content: string | null; salt: string | null; hash: string }[]> {
  return db.all(
    `SELECT e.position, e.event_type, e.content, e.salt, e.hash FROM events e
     JOIN rooms r USING (tenant_no, room_no) WHERE r.room_id = $1 ORDER BY e.position`,
    room,
  );
}
