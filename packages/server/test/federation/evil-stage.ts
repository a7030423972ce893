import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Item, SignedHead, WireEvent } from "@stairwell/protocol/federation";
import { assertOk, type Person, type TestServerOptions } from "@stairwell/testing";
import { EvilPeer } from "./evil-peer.ts";
import { answering, EvilRoom, type Loose, propose, results } from "./evil-room.ts";
import { until } from "./settle.ts";
import { type Home, World } from "./world.ts";

export const MALLORY = "@mallory:evil.localhost";
export const ANN = "@ann:home.localhost";
export const MESSAGE = "swp.room.message";

export interface HubStage {
  world: World;
  home: Home;
  evil: EvilPeer;
  stranger: EvilPeer;
  ann: Person;
  admin: Person;
  room: string;
  /** The room that only ann is in. */
  own: string;
}

/** A server of ours with a room that a scripted server shares, and one that it does not. */
export async function hubStage(t: TestContext, options: TestServerOptions = {}): Promise<HubStage> {
  const world = new World(t);
  const home = await world.start("home", { default_mode: "open" }, options);
  await home.server.liftLimits("home");
  const [evil, stranger] = [await EvilPeer.start(t, "evil.localhost"), await EvilPeer.start(t, "third.localhost")];
  for (const peer of [evil, stranger]) {
    world.hosts.set(peer.name, peer.url);
    peer.answer = (request, response) => {
      response.setHeader("content-type", "application/json");
      const local = request.url!.split("/").at(-1)!;
      const profile = {
        fqid: `@${local}:${peer.name}`,
        display_name: local,
        participant_type: "human",
        avatar_url: null,
      };
      if (request.url!.includes("/profile/")) return void response.end(JSON.stringify({ data: profile }));
      if (request.method === "GET") return void response.end(peer.descriptor());
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { items } = JSON.parse(Buffer.concat(chunks).toString()) as {
          items: { type: string; event: { envelope: { position: number } } }[];
        };
        const last = items.at(-1)!;
        const done = items.map(({ type }) =>
          type === "event" ? { status: "confirmed", position: last.event.envelope.position } : { status: "ok" },
        );
        response.end(JSON.stringify({ data: { results: done } }));
      });
    };
  }
  const [ann, admin] = [home.server.person("ann", "home"), home.server.person("admin", "home")];
  await admin.signIn();
  const room = await ann.roomWith([], { name: "Shared" });
  const own = await ann.roomWith([], { name: "Own" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  const invited = await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: MALLORY, reason: "come" });
  assertOk(invited);
  const join = propose(evil, room, { type: "swp.room.member", content: { participant: MALLORY, membership: "join" } });
  const [joined] = await results(evil, home, [join]);
  assert.equal(joined!.status, "sequenced", JSON.stringify(joined));
  const { db } = home.server;
  await until(
    async () => ((await db.get("SELECT number FROM outgoing LIMIT 1")) === undefined ? true : undefined),
    "the end of what is to be told",
  );
  return { world, home, evil, stranger, ann, admin, room, own };
}

export const said = (body: string) => ({ type: MESSAGE, content: { msgtype: "swp.text", body } });
export const member = (participant: string, membership: string, more = {}) => ({
  type: "swp.room.member",
  content: { participant, membership, ...more },
});

export interface ReplicaStage {
  world: World;
  home: Home;
  evil: EvilPeer;
  ann: Person;
}

/** A server of ours whose ann is invited to rooms of a scripted server. */
export async function replicaStage(t: TestContext): Promise<ReplicaStage> {
  const world = new World(t);
  const home = await world.start("home");
  await home.server.liftLimits("home");
  const evil = await EvilPeer.start(t, "evil.localhost");
  world.hosts.set(evil.name, evil.url);
  return { world, home, evil, ann: home.server.person("ann", "home") };
}

/** What became of one item. */
export const one = async ({ evil, home }: Pick<ReplicaStage, "evil" | "home">, item: unknown): Promise<Loose> =>
  (await results(evil, home, [item]))[0]!;

/** Lets a room answer what is submitted to it: as `answer` says, or as an honest hub. */
export function serve(room: EvilRoom, answer?: (item: Extract<Item, { type: "submit" }>) => unknown): void {
  answering(
    room.peer,
    (items) => ({
      results: items.map((item) => {
        if (item.type !== "submit") return { status: "ok" };
        if (answer !== undefined) return answer(item);
        const event = room.sequence(item.event);
        const isJoin = item.event.content["membership"] === "join";
        return { status: "sequenced", event, head: room.head(), ...(isJoin && { join: room.join() }) };
      }),
    }),
    (target) => backfill(room, target),
  );
}

export function backfill(room: EvilRoom, target: string): { events: readonly WireEvent[]; head: SignedHead | null } {
  const after = Number(/after=([0-9]+)/.exec(target)?.[1] ?? 0);
  const events = room.events.filter(({ envelope }) => envelope.position > after);
  return { events, head: events.length === 0 ? null : room.head(events.at(-1)) };
}

/** A room of the evil hub's that ann has joined, so far honestly. */
export async function trapped(all: ReplicaStage): Promise<EvilRoom> {
  const room = new EvilRoom(all.evil);
  assert.deepEqual(await one(all, room.invite(ANN)), { status: "ok" });
  serve(room);
  // After a first join it is asked for what came meanwhile: nothing did, and what comes now is no part of that answer.
  const asked = Promise.withResolvers<void>();
  const answer = all.evil.answer!;
  all.evil.answer = (request, response) => {
    if (request.url!.includes("/backfill")) response.once("close", asked.resolve);
    return answer(request, response);
  };
  assertOk(await all.ann.post(`/v1/rooms/${room.id}/join`));
  await asked.promise;
  all.evil.answer = answer;
  return room;
}

/** The texts of the messages that Ann reads in a room. */
export async function bodies(ann: Person, room: EvilRoom): Promise<unknown[]> {
  return (await ann.history(room.id)).map(({ content }) => content?.body).filter((body) => body !== undefined);
}
