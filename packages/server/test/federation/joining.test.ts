import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, TestClock } from "@stairwell/testing";
import { send } from "./evil-peer.ts";
import { EvilRoom } from "./evil-room.ts";
import { ANN, backfill, one, replicaStage, serve } from "./evil-stage.ts";
import { Follower, taken, takenBut } from "./follower.ts";
import { say } from "./pair.ts";
import { headAt, sound, until } from "./settle.ts";
import { World } from "./world.ts";

test("FD12 FD15 FD16 what comes while a first join is taken is put off, not refused, and fetched right after it", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const room = new EvilRoom(evil);
  assert.deepEqual(await one(all, room.invite(ANN)), { status: "ok" });
  await home.server.person("carol", "home").signIn();
  const early = room.message("before anybody of theirs has asked for anything");
  assert.equal((await one(all, room.deliver([early])[0])).error?.code, "SW_ROOM_NOT_FOUND");
  serve(room);
  // The answer to the join is on its way for long; whatever else is asked is answered at once.
  const answer = evil.answer!;
  const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const pages: string[] = [];
  evil.answer = (request, response) => {
    if (request.url!.includes("/backfill")) pages.push(request.url!);
    if (request.method === "POST") {
      const end = response.end.bind(response) as (body: string) => typeof response;
      response.end = ((body: string) => {
        asked.resolve();
        void released.promise.then(() => end(body));
        return response;
      }) as typeof response.end;
    }
    return answer(request, response);
  };
  const joined = ann.post(`/v1/rooms/${room.id}/join`);
  await asked.promise;
  const join = room.events.at(-1)!.envelope.position;
  for (const body of ["meanwhile", "and more"]) {
    assert.deepEqual(await one(all, room.deliver([room.message(body)])[0]), { status: "retry" });
  }
  assert.deepEqual(await one(all, room.invite("@carol:home.localhost")), { status: "retry" });
  // The answer may bring them under the name that they had.
  const renamed = { type: "profile", fqid: `@rita:${evil.name}`, display_name: "Rita", participant_type: "human" };
  assert.deepEqual(await one(all, renamed), { status: "retry" });
  released.resolve();
  assertOk(await joined);
  assert.deepEqual(await one(all, renamed), { status: "ok" });
  await until(async () => ((await headAt(home, room.id)) === room.events.at(-1)!.hash ? true : undefined), "the rest");
  // It asks until nothing more comes.
  assert.equal(new URL(pages[0]!, evil.url).searchParams.get("after"), `${join}`);
  assert.equal(backfill(room, `after=${join}`).events.length, 3);
  await sound(home);
});

test("FD16 a room that was put off is told at once to a server that asks for what comes next of it", async (t) => {
  // Nothing that waits for its time comes to it.
  const clock = new TestClock(Date.now());
  const world = new World(t);
  const home = await world.start("home", { default_mode: "open" }, { clock });
  const follower = await Follower.start(t, world, "far.localhost");
  const [ann, admin] = [home.server.person("ann", "home"), home.server.person("admin", "home")];
  await admin.signIn();
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  await follower.join(home, admin, room);
  const peer = async () =>
    (
      assertOk(await admin.get("/v1/admin/federation/peers")).data as { queued: number; rooms: { parked: unknown }[] }[]
    )[0]!;
  await until(async () => ((await peer()).queued === 0 ? true : undefined), "the join");
  follower.react = takenBut(new Set([room]), { status: "retry" });
  await say(ann, room, "while it takes the room");
  await until(async () => ((await peer()).rooms[0]!.parked === null ? undefined : true), "the wait");
  follower.react = taken;
  const before = follower.batches.length;
  const target = `/_stairwell/federation/v1/rooms/${room}/backfill?`;
  const ask = async (range: string) => {
    const headers = follower.peer.sign(home.name, "GET", target + range);
    return (await send(home.server.url, "GET", target + range, headers)).status;
  };
  // Who looks back says nothing of what is new.
  assert.equal(await ask("before=3"), 200);
  assert.equal(follower.batches.length, before);
  assert.equal((await peer()).queued, 1);
  assert.equal(await ask("after=3"), 200);
  await until(async () => ((await peer()).queued === 0 ? true : undefined), "what was put off");
  assert.deepEqual(follower.bodies(room).at(-1), "while it takes the room");
  assert.equal((await peer()).rooms[0]!.parked, null);
});
