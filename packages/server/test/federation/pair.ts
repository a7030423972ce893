import type { TestContext } from "node:test";
import { assertOk, type Person, type TestServerOptions } from "@stairwell/testing";
import { roomAt, settled, until } from "./settle.ts";
import { type Home, World } from "./world.ts";

export interface Pair {
  world: World;
  a: Home;
  b: Home;
  admin: Person;
  ann: Person;
  bob: Person;
}

export const ANN = "@ann:a.localhost";
export const BOB = "@bob:b.localhost";

export async function pair(t: TestContext, options: TestServerOptions = {}): Promise<Pair> {
  const world = new World(t);
  const open = { default_mode: "open" } as const;
  const [a, b] = [await world.start("a", open, options), await world.start("b", open, options)];
  const [ann, bob] = [a.server.person("ann", "a"), b.server.person("bob", "b")];
  const admin = a.server.person("admin", "a");
  for (const person of [bob, admin]) await person.signIn();
  return { world, a, b, admin, ann, bob };
}

/** A room of ann's on a, with bob of b in it. */
export async function shared(pair: Pair): Promise<string> {
  const { a, b, admin, ann, bob } = pair;
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB, reason: "come" }));
  await until(() => roomAt(b, room), "the invite");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  await settled([a, b], room);
  return room;
}

export async function say(person: Person, room: string, body: string): Promise<string> {
  return (assertOk(await person.post(`/v1/rooms/${room}/send`, { content: { body } })).data as { id: string }).id;
}

export async function bodiesOf(person: Person, room: string): Promise<unknown[]> {
  const { data } = assertOk(await person.get(`/v1/rooms/${room}/messages?direction=forward&limit=200`));
  const items = data as { event_type: string; content: { body?: string } | null }[];
  return items
    .filter(({ event_type }) => event_type === "swp.room.message")
    .map(({ content }) => content?.body ?? null);
}

export async function idOf(person: Person, room: string, fqid: string): Promise<string> {
  const { data } = assertOk(await person.get(`/v1/rooms/${room}/members`));
  const members = data as { participant: { fqid: string; id: string } }[];
  return members.find(({ participant }) => participant.fqid === fqid)!.participant.id;
}
