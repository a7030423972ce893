import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { eventItem, memberItem, page, roomItem } from "./items.ts";
import type { EventRow, MemberRow, RoomRow } from "./items.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS rooms (room_no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, at INTEGER);
  CREATE TABLE IF NOT EXISTS events (event_no INTEGER PRIMARY KEY, room_no INTEGER NOT NULL, position INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE, sender TEXT, at INTEGER, content TEXT, UNIQUE (room_no, position));
  CREATE TABLE IF NOT EXISTS members (member_no INTEGER PRIMARY KEY, room_no INTEGER NOT NULL, participant TEXT,
    at INTEGER, UNIQUE (room_no, participant));
  CREATE INDEX IF NOT EXISTS members_in_order ON members (room_no, member_no);
  CREATE INDEX IF NOT EXISTS members_by_person ON members (participant, room_no);
  CREATE TABLE IF NOT EXISTS markers (room_no INTEGER, participant TEXT, event_id TEXT,
    PRIMARY KEY (room_no, participant)) WITHOUT ROWID;`;

interface OpenRoom {
  id: string;
  number: number;
  head: number;
}

/** The floor's rows: one a send, one a join, one a room; same durability as the server under test. */
export function openFloorStore(folder: string) {
  const database = new DatabaseSync(join(folder, "floor.db"));
  database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY");
  database.exec(SCHEMA);
  const sql = {
    addRoom: database.prepare("INSERT INTO rooms (id, name, at) VALUES (?, ?, ?)"),
    room: database.prepare(
      `SELECT room_no AS number, id, coalesce((SELECT max(position) FROM events e WHERE e.room_no = r.room_no), 0) AS head
       FROM rooms r WHERE id = ?`,
    ),
    rooms: database.prepare("SELECT id, name, at FROM rooms ORDER BY room_no DESC LIMIT ?"),
    addEvent: database.prepare(
      "INSERT INTO events (room_no, position, id, sender, at, content) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    back: database.prepare("SELECT * FROM events WHERE room_no = ? AND position < ? ORDER BY position DESC LIMIT ?"),
    forward: database.prepare("SELECT * FROM events WHERE room_no = ? AND position > ? ORDER BY position LIMIT ?"),
    addMember: database.prepare("INSERT INTO members (room_no, participant, at) VALUES (?, ?, ?)"),
    dropMember: database.prepare("DELETE FROM members WHERE room_no = ? AND participant = ?"),
    roomsOf: database.prepare(
      "SELECT r.id FROM members m JOIN rooms r ON r.room_no = m.room_no WHERE m.participant = ?",
    ),
    mark: database.prepare(
      `INSERT INTO markers VALUES (?, ?, ?)
       ON CONFLICT (room_no, participant) DO UPDATE SET event_id = excluded.event_id`,
    ),
    members: database.prepare("SELECT * FROM members WHERE room_no = ? AND member_no > ? ORDER BY member_no LIMIT ?"),
  };

  const openRooms = new Map<string, OpenRoom>();
  const start = Date.now().toString(36);
  let made = 0;
  // Time-ordered, so that the unique index grows at its right edge.
  const newId = (prefix: string): string => `${prefix}-${start}-${(made++).toString(36).padStart(8, "0")}`;

  function room(id: string): OpenRoom {
    let open = openRooms.get(id);
    if (open === undefined) openRooms.set(id, (open = { ...(sql.room.get(id) as unknown as OpenRoom) }));
    return open;
  }

  return {
    database,
    createRoom(name: string, creator: string): string {
      const id = newId("room");
      const at = Date.now();
      sql.addRoom.run(id, name, at);
      sql.addMember.run(room(id).number, creator, at);
      return roomItem({ id, name, at });
    },
    send(roomId: string, sender: string, content: string): string {
      const open = room(roomId);
      const row: EventRow = { id: newId("evt"), position: ++open.head, sender, at: Date.now(), content };
      sql.addEvent.run(open.number, row.position, row.id, sender, row.at, content);
      return eventItem(roomId, row);
    },
    join(roomId: string, participant: string): string {
      const at = Date.now();
      const added = sql.addMember.run(room(roomId).number, participant, at);
      return memberItem({ participant, at, member_no: Number(added.lastInsertRowid) });
    },
    leave(roomId: string, participant: string): string {
      sql.dropMember.run(room(roomId).number, participant);
      return `{"participant_id":"${participant}","membership":"leave"}`;
    },
    roomsOf(participant: string): string[] {
      return (sql.roomsOf.all(participant) as { id: string }[]).map(({ id }) => id);
    },
    markRead(roomId: string, participant: string, eventId: string): string {
      sql.mark.run(room(roomId).number, participant, eventId);
      return "";
    },
    messages(roomId: string, direction: "back" | "forward", from: number | null, limit: number): string {
      const { number } = room(roomId);
      const rows = (direction === "back"
        ? sql.back.all(number, from ?? Number.MAX_SAFE_INTEGER, limit)
        : sql.forward.all(number, from ?? 0, limit)) as unknown as EventRow[];
      return page(
        rows.map((row) => eventItem(roomId, row)),
        rows.length === limit ? rows.at(-1)!.position : null,
      );
    },
    members(roomId: string, after: number, limit: number): string {
      const rows = sql.members.all(room(roomId).number, after, limit) as unknown as MemberRow[];
      return page(rows.map(memberItem), rows.length === limit ? rows.at(-1)!.member_no : null);
    },
    rooms(limit: number): string {
      return page((sql.rooms.all(limit) as unknown as RoomRow[]).map(roomItem), null);
    },
  };
}

export type FloorStore = ReturnType<typeof openFloorStore>;
