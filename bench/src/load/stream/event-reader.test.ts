import assert from "node:assert/strict";
import { test } from "node:test";
import { EventReader, roomMark } from "./event-reader.ts";

const event = (room: string, at: number | null, position: number): string =>
  `{"type":"swp.room.message","id":"evt-1","room_id":"${room}","content":{${at === null ? "" : `"at":${at},`}"body":"at"},` +
  `"stream_position":${position},"hash":"00"}`;

function read(frames: string[]): [boolean, number, number][] {
  const reader = new EventReader();
  const bytes = Buffer.from(frames.join(""));
  let start = 0;
  return frames.map((frame) => {
    const isOwn = reader.read(bytes, start, start + frame.length);
    start += frame.length;
    return [isOwn, reader.sentAt, reader.position];
  });
}

test("time and position are read wherever they stand", () => {
  const frames = [event("r", 1234567, 1), event("r", 1234568, 9), event("longer", 5, 10), event("r", 77, 11)];
  assert.deepEqual(read(frames), [
    [true, 1234567, 1],
    [true, 1234568, 9],
    [true, 5, 10],
    [true, 77, 11],
  ]);
});

test("an event of somebody else has a position, and never the time of the frame behind it", () => {
  assert.deepEqual(read([event("r", 7, 1), event("r", null, 2), event("r", 8, 3)]), [
    [true, 7, 1],
    [false, 0, 2],
    [true, 8, 3],
  ]);
});

test("a frame of another room is known, whatever stood before it", () => {
  const reader = new EventReader();
  const [mine, like] = ["room-00000000-1", "room-00000000-2"];
  for (const room of [mine, like, mine, `longer-${like}`, mine]) {
    const bytes = Buffer.from(event(room, 7, 1));
    assert.equal(reader.isOf(roomMark(mine), bytes, 0, bytes.length), room === mine, room);
  }
  assert.throws(() => roomMark("short"), /too short/);
});

test("a frame without a position is refused", () => {
  assert.throws(() => read(['{"type":"swp.room.message"}', event("r", 1, 1)]), /without a position/);
});
