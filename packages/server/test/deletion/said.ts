import { randomBytes } from "node:crypto";
import { assertOk, type Person, type TestServer } from "@stairwell/testing";
import type { RoomRef } from "../../src/events/index.ts";

/** A text that stands nowhere by chance. */
export const distinct = (): string => `w${randomBytes(12).toString("hex")}`;

/** Texts that were said in a room, each to be looked for in bytes. */
export interface Said {
  readonly room: string;
  /** Event id of the message. */
  readonly message: string;
  readonly words: Record<"body" | "edited" | "custom" | "emoji" | "reason" | "name" | "topic" | "renamed", string>;
}

/** Alice's room with Bob and Carol, in which everything that takes a text was given one; Carol was kicked with a reason. */
export async function sayEverything(
  [alice, bob, carol]: readonly [Person, Person, Person],
  body: Record<string, unknown>,
  size = 0,
): Promise<Said> {
  const words = {
    body: distinct(),
    edited: distinct(),
    custom: distinct(),
    emoji: distinct(),
    reason: distinct(),
    name: distinct(),
    topic: distinct(),
    renamed: distinct(),
  };
  const room = await alice.roomWith([bob, carol], { ...body, name: words.name, topic: words.topic });
  const path = `/v1/rooms/${room}`;
  const fill = (word: string) => `${word} ${"x".repeat(size)} ${word}`;
  const { id: message } = await alice.say(room, fill(words.body));
  const edited = { content: { msgtype: "swp.text", body: fill(words.edited) } };
  assertOk(await alice.post(`${path}/events/${message}/edit`, edited));
  assertOk(await bob.post(`${path}/events/${message}/reaction`, { emoji: `:${words.emoji}:` }));
  assertOk(await bob.post(`${path}/send`, { event_type: "acme.deploy", content: { of: words.custom } }));
  assertOk(await alice.post(`${path}/kick`, { participant_id: carol.id, reason: words.reason }));
  assertOk(await alice.put(`${path}/name`, { name: words.renamed }));
  return { room, message, words };
}

/** The salts of some events of a room, read as the store reads them. */
export async function roomNumber(server: TestServer, roomId: string): Promise<RoomRef> {
  const row = await server.db.get<{ tenant_no: number; room_no: number }>(
    "SELECT tenant_no, room_no FROM rooms WHERE room_id = $1",
    roomId,
  );
  return { tenantNo: row!.tenant_no, roomNo: row!.room_no, roomId: roomId as RoomRef["roomId"] };
}
