import assert from "node:assert/strict";
import { assertOk, type Person } from "@stairwell/testing";
import type { Home } from "./world.ts";

interface Item {
  id: string;
  event_type: string;
  reply_count: number;
  reactions: { emoji: string; count: number; me?: boolean }[];
}

/** What somebody sees of a room: each page, each thread, and each listed event by itself, with people as FQIDs. */
export async function seenBy(home: Home, person: Person, room: string): Promise<unknown> {
  const names = await home.server.db.all<{ participant_id: string; fqid: string }>(
    "SELECT participant_id, fqid FROM participants WHERE tenant_no = $1",
    home.tenant.tenantNo,
  );
  const named = (value: unknown): unknown => {
    let text = JSON.stringify(value);
    for (const { participant_id, fqid } of names) text = text.replaceAll(participant_id, fqid);
    return JSON.parse(text);
  };
  const forward = await pages(person, room, "forward", 11);
  const back = await pages(person, room, "back", 41);
  assert.deepEqual(back.toReversed(), forward, "forward and back");
  const threads: Record<string, unknown> = {};
  const alone: unknown[] = [];
  for (const { id, reply_count } of forward) {
    const { data } = assertOk(await person.get(`/v1/rooms/${room}/events/${id}`));
    alone.push(withoutMe(data as Item));
    if (reply_count > 0)
      threads[id] = (await pages(person, room, "forward", 5, `&thread=${id}`)).map((each) => each.id);
  }
  return named({ forward, threads, alone });
}

async function pages(person: Person, room: string, direction: string, limit: number, more = ""): Promise<Item[]> {
  const items: Item[] = [];
  for (let from = ""; ;) {
    const answer = assertOk(
      await person.get(`/v1/rooms/${room}/messages?direction=${direction}&limit=${limit}${from}${more}`),
    );
    items.push(...(answer.data as Item[]).map(withoutMe));
    const { has_more, next_cursor } = answer.meta as { has_more: boolean; next_cursor: string | null };
    if (!has_more) return items;
    from = `&from=${next_cursor!}`;
  }
}

/** Without what is the viewer's own, and what never crosses (FD20). */
function withoutMe(item: Item): Item {
  const withheld = item.event_type === "swp.room.workspace" ? { content: null } : {};
  return { ...item, ...withheld, reactions: item.reactions.map(({ emoji, count }) => ({ emoji, count })) };
}
