import assert from "node:assert/strict";
import { assertOk, type Person } from "@stairwell/testing";

type Row = { readonly id: string; readonly name: string; readonly head: number };

/** Names a room after how often it was named: `name 7`. */
function timesOf({ name }: Row): number {
  return Number(name.split(" ")[1]);
}

/**
 * The writer names two rooms again and again, the first always before the second, while each reader lists rooms on and on.
 * Every page must be of one moment (the second room is never ahead of the first, and each head is that of its name), and of
 * none before what was acknowledged when the page was asked for.
 */
export async function listWhileRenaming(writer: Person, readers: readonly Person[], times: number): Promise<void> {
  const rooms: string[] = [];
  for (const _ of ["first", "second"]) rooms.push(await writer.roomWith([], { room_type: "public", name: "name 0" }));
  const born = new Map<string, number>();
  for (const room of rooms) born.set(room, assertOk(await writer.get(`/v1/rooms/${room}`)).data.head);
  const named = new Map(rooms.map((room) => [room, 0]));
  let isOver = false;

  async function read(reader: Person): Promise<number> {
    for (let pages = 1; ; pages++) {
      const wasOver = isOver;
      const least = new Map(named);
      const { data } = assertOk(await reader.get("/v1/directory/rooms?limit=200"));
      const [first, second] = rooms.map((room) => (data as Row[]).find(({ id }) => id === room)!) as [Row, Row];
      for (const row of [first, second]) {
        assert(timesOf(row) >= least.get(row.id)!, `${row.name} was listed after name ${least.get(row.id)}`);
        assert.equal(row.head, born.get(row.id)! + timesOf(row), `the head of ${row.name}`);
      }
      assert([0, 1].includes(timesOf(first) - timesOf(second)), `${first.name} beside ${second.name}`);
      if (wasOver) return pages;
    }
  }

  async function write(): Promise<void> {
    for (let time = 1; time <= times; time++) {
      for (const room of rooms) {
        assertOk(await writer.put(`/v1/rooms/${room}/name`, { name: `name ${time}` }));
        named.set(room, time);
      }
    }
    isOver = true;
  }

  await Promise.all([write(), ...readers.map(read)]);
}
