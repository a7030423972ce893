import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, TestServer } from "@stairwell/testing";
import { callingAs, stairwell } from "./command-line.ts";

async function opened(t: TestContext) {
  const server = await TestServer.start(t);
  const [boss, bob] = await server.people("admin", "bob");
  const by = callingAs(t, server.url, boss.credential);
  const admin = (...args: string[]) => stairwell("admin", ...args, ...by);
  const json = async (...args: string[]) => {
    const { code, data, messages } = await admin(...args, "--json");
    assert.equal(code, 0, messages);
    return JSON.parse(data);
  };
  return { server, boss, bob, admin, json };
}

test("AU9 AU8 an admin lists people, gives and takes the role, lets somebody in no more and again", async (t) => {
  const { bob, boss, admin, json } = await opened(t);
  const listed = await json("participants");
  assert.deepEqual(listed.map(({ local_id }: { local_id: string }) => local_id).sort(), ["admin", "bob"]);
  assert.equal((await json("participants", "--limit", "1")).length, 1);
  assert.equal((await json("participants", "--q", "bob"))[0].id, bob.id);
  assert.deepEqual((await json("grant-admin", bob.id)).roles, ["admin"]);
  assert.deepEqual((await json("revoke-admin", bob.id)).roles, []);
  const last = await admin("revoke-admin", boss.id);
  assert.deepEqual([last.code, last.data], [5, ""]);
  assert.notEqual((await json("deactivate", bob.id)).deactivated_at, null);
  assert.equal((await bob.get("/v1/me")).status, 401);
  assert.match((await admin("participant", bob.id)).data, /^standing +(leaving|deactivated)$/m);
  assert.equal((await admin("participant", "prt-nobody")).code, 4);
});

test("AU11 a bot is made with a token, gets others, and loses them", async (t) => {
  const { server, admin, json } = await opened(t);
  const made = await json("create-bot", "helper", "--display-name", "Helper", "--auto-join");
  assert.deepEqual([made.participant_type, made.auto_join, made.display_name], ["bot", true, "Helper"]);
  const again = await admin("create-bot", "helper");
  assert.deepEqual([again.code, again.data], [2, ""]);
  assert.match(again.messages, /local_id/);
  const minted = await admin("create-token", made.id, "--name", "nightly");
  assert.equal(minted.code, 0, minted.messages);
  const token = minted.data.trim();
  const me = () => fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await me()).status, 200);
  const nightly = (await json("tokens", made.id)).find(({ name }: { name: string }) => name === "nightly");
  assert.match((await admin("revoke-token", made.id, nightly.id)).data, /is revoked/);
  assert.equal((await me()).status, 401);
});

test("LC8 an admin lists rooms, restores one, and redacts in it; the audit has it", async (t) => {
  const { bob, admin, json } = await opened(t);
  const room = await bob.roomWith([], { name: "Kitchen" });
  const { id } = await bob.say(room, "a bad word");
  assertOk(await bob.post(`/v1/rooms/${room}/archive`, {}));
  assert.deepEqual(
    (await json("rooms", "--state", "archived")).map((one: { id: string }) => one.id),
    [room],
  );
  assert.match((await admin("room", room)).data, /^state +archived$/m);
  assert.equal((await json("restore-room", room, bob.id)).state, "open");
  assert.deepEqual(await json("recovery"), []);
  const nobody = await admin("recovery", "--without", "rooms.b.example");
  assert.deepEqual([nobody.code, nobody.messages], [0, "No room waits for rooms.b.example: nothing was done.\n"]);
  assert.equal((await json("redact", room, id, "--reason", "Spam")).event_id, id);
  assert.equal((await bob.get(`/v1/rooms/${room}/events/${id}`)).data.content, null);
  const acts = await json("audit", "--room", room);
  assert.ok(acts.some(({ action }: { action: string }) => action === "event.redact"));
  assert.equal((await admin("redact", room, id)).code, 2);
});

test("a tenant's numbers and limits are shown", async (t) => {
  const { admin } = await opened(t);
  assert.match((await admin("stats")).data, /^human +2 active, 0 deactivated$/m);
  assert.match((await admin("limits")).data, /^max rooms +\S+$/m);
});

test("whoever is no admin, or nobody, is refused with exit code 3", async (t) => {
  const { server, bob } = await opened(t);
  const asBob = await stairwell("admin", "stats", ...callingAs(t, server.url, bob.credential));
  assert.deepEqual([asBob.code, asBob.data], [3, ""]);
  const asNobody = await stairwell("admin", "stats", ...callingAs(t, server.url, "swt_wrong"));
  assert.equal(asNobody.code, 3);
  assert.match(asNobody.messages, /token create' mints another/);
});
