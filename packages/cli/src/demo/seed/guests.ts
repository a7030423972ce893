import { messages, reading, rooms } from "@stairwell/protocol/api";
import { localIdOf } from "../../replay/plan/local-id.ts";
import { planOf } from "../../replay/plan/plan.ts";
import { play } from "../../replay/play/play.ts";
import type { Line } from "../../replay/conversation/line.ts";
import { type Signed, signIn } from "../../replay/server/sign-in.ts";
import { type Player, TENANT } from "./company.ts";
import type { SceneClock } from "./scene-clock.ts";

/** The conversation fills these minutes before the present, after everything else. */
const FROM_AGO = 5;
/** Its maker has read so much of it. */
const READ_PART = 0.6;

/** A conversation of a file, as a room beside the company's own. */
export interface Guests {
  readonly lines: readonly Line[];
  readonly room: string;
}

/** Plays a file's conversation into a public room. Its people have local ids apart from the company's. */
export async function playGuests(
  url: string,
  maker: Player,
  clock: SceneClock,
  { lines, room }: Guests,
): Promise<void> {
  const { data } = await maker.client.request(rooms.createRoom, { body: { room_type: "public", name: room } });
  const plan = planOf(lines);
  const people = new Map<string, Signed>();
  const credential = (localId: string): string => `dev-${localId}@${TENANT}`;
  for (const nick of plan.people) {
    people.set(nick, await signIn({ url, fetch }, credential, `guest.${localIdOf(nick)}`, nick));
  }
  const onProgress = ({ done, total }: { done: number; total: number }): void =>
    clock.moveTo(FROM_AGO * (1 - done / total));
  await play({ plan, roomId: data.id, people, speed: { kind: "max" }, onProgress }, []);
  await readUpTo(maker, data.id, Math.floor(plan.events.length * READ_PART));
}

async function readUpTo({ client }: Player, roomId: string, position: number): Promise<void> {
  const params = { room_id: roomId };
  const query = { direction: "forward", from: String(position), limit: 1 } as const;
  const { data } = await client.request(messages.listMessages, { params, query });
  await client.request(reading.markRead, { params, body: { event_id: data[0]!.id } });
}
