import { hash, randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

/** The columns of one event, in the order of the table. */
export type EventRow = readonly (string | number | Uint8Array)[];

const SCHEMA = `
  CREATE TABLE events (tenant_no INTEGER NOT NULL, room_no INTEGER NOT NULL, position INTEGER NOT NULL,
    event_id TEXT NOT NULL, seq INTEGER NOT NULL, event_type TEXT NOT NULL, sender TEXT NOT NULL,
    origin_ts INTEGER NOT NULL, hub_ts INTEGER NOT NULL, ordinal INTEGER NOT NULL, content TEXT, salt BLOB,
    content_hash BLOB NOT NULL, hash BLOB NOT NULL);
  CREATE UNIQUE INDEX events_position ON events (tenant_no, room_no, position);
  CREATE UNIQUE INDEX events_id ON events (tenant_no, event_id, room_no);
  CREATE UNIQUE INDEX events_seq ON events (tenant_no, seq);
  CREATE TABLE rooms (tenant_no INTEGER, room_no INTEGER, head INTEGER, head_hash BLOB, messages INTEGER, at INTEGER,
    PRIMARY KEY (tenant_no, room_no)) WITHOUT ROWID;
  CREATE TABLE reading (tenant_no INTEGER, room_no INTEGER, participant_no INTEGER, position INTEGER, ordinal INTEGER,
    PRIMARY KEY (tenant_no, room_no, participant_no)) WITHOUT ROWID;
  CREATE TABLE outbox (outbox_no INTEGER PRIMARY KEY, tenant_no INTEGER, seq INTEGER, destination TEXT);`;

/** Senders at once, each alone in a room. */
export const ROOMS = 64;

/** Opens a fresh database with the settings of the server's store, with rooms 0 to `rooms` - 1. */
export function openEventStore(path: string, rooms: number): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(
    "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON",
  );
  database.exec(SCHEMA);
  const addRoom = database.prepare("INSERT INTO rooms VALUES (1, ?, 0, zeroblob(32), 0, 0)");
  const addMarker = database.prepare("INSERT INTO reading VALUES (1, ?, ?, 0, 0)");
  database.exec("BEGIN");
  for (let room = 0; room < rooms; room++) {
    addRoom.run(room);
    addMarker.run(room, room);
  }
  database.exec("COMMIT");
  return database;
}

/** Makes the rows of one tenant's events, with the hashing that an append needs. */
export function eventMaker(rooms: number): (room: number, content: string) => EventRow {
  const heads = Array<number>(rooms).fill(0);
  const start = Date.now().toString(36);
  let seq = 0;
  return (room, content) => {
    const position = ++heads[room]!;
    const id = `evt-${start}-${(++seq).toString(36).padStart(24, "0")}`;
    const salt = randomBytes(16);
    const contentHash = hash("sha256", `{"content":${content},"salt":"${salt.toString("base64url")}"}`, "hex");
    const now = Date.now();
    const envelope = `{"content_hash":"${contentHash}","id":"${id}","origin_ts":${now},"position":${position}}`;
    const row = [1, room, position, id, seq, "swp.room.message", `@p${room}:bench.localhost`, now, now, position];
    return [...row, content, salt, Buffer.from(contentHash, "hex"), hash("sha256", envelope, "buffer")];
  };
}

export const EVENT_INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
export const MARKER_UPDATE =
  "UPDATE reading SET position = ?, ordinal = ? WHERE tenant_no = 1 AND room_no = ? AND participant_no = ?";
