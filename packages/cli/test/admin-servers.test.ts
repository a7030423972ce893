import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, TestServer } from "@stairwell/testing";
import { callingAs, stairwell } from "./command-line.ts";

test("FD11 an admin admits another server, shares a room, invites somebody of it, sees how it stands, and ends the sharing", async (t) => {
  const hosts = new Map<string, string>();
  const [a, b] = [
    await TestServer.start(t, { federation: { hosts } }),
    await TestServer.start(t, { federation: { hosts } }),
  ];
  hosts.set("a.localhost", a.url);
  hosts.set("b.localhost", b.url);
  const [ada, bob] = [await a.person("admin", "a").signIn(), await b.person("bob", "b").signIn()];
  await b.person("admin", "b").signIn();
  const onA = callingAs(t, a.url, "dev-admin@a");
  const admin = (...args: string[]) => stairwell("admin", ...args, ...onA);
  const said = async (...args: string[]): Promise<string> => {
    const { code, data, messages } = await admin(...args);
    assert.equal(code, 0, messages);
    return data;
  };
  const room = await ada.roomWith([], { name: "Kitchen" });

  assert.match(await said("peers"), /has met no other server/);
  assert.match(await said("policy"), /^mode +closed\nadmitted +-\ndenied +-$/m);
  assert.match(await said("policy", "--deny", "b.localhost"), /^denied +b\.localhost$/m);
  assert.match(await said("policy", "--admit", "b.localhost"), /^admitted +b\.localhost\ndenied +-$/m);
  assert.match(await said("policy", "--mode", "invite_only"), /^mode +invite_only\nadmitted +b\.localhost$/m);
  const others = ["--members-may-invite", "yes", "--history-before-join", "yes", "--most-others", "7"];
  assert.match(
    await said("policy", ...others),
    /^members may invite +yes\nhistory before join +yes\nothers in a room +7 at/m,
  );
  assert.match(
    await said("policy"),
    /^mode +invite_only\nadmitted +b\.localhost\n(.*\n){3}others in a room +7 at most$/m,
  );
  assert.equal((await admin("policy", "--most-others", "many")).code, 2);
  const twice = await admin("policy", "--admit", "b.localhost", "--deny", "b.localhost");
  assert.deepEqual([twice.code, /named twice/.test(twice.messages)], [2, true]);

  assert.match(await said("share", room), /is open to other servers/);
  const refused = await admin("invite", room, "@bob:b.localhost");
  assert.match(refused.messages, /The federation policy of b\.localhost refuses this/);
  const onB = callingAs(t, b.url, "dev-admin@b");
  assert.equal((await stairwell("admin", "policy", "--admit", "a.localhost", ...onB)).code, 0);
  assert.equal(await said("invite", room, "@bob:b.localhost", "--reason", "soup"), "@bob:b.localhost is invited.\n");
  assertOk(await bob.post(`/v1/rooms/${room}/join`, {}));
  // What b puts off while it takes the room goes again.
  const deadline = performance.now() + 60_000;
  while (!/^b\.localhost +ok +1 /m.test(await said("peers")))
    assert(performance.now() < deadline, "b does not take it");

  const kept = /^shared +with other servers; its log is kept by a\.localhost$/m;
  assert.match(await said("room", room), kept);
  assert.match(await said("invite", room, "@bob:b.localhost"), /^@bob:b\.localhost is in the room\.$/m);

  const left = await stairwell("admin", "share", room, "--end", ...onB);
  assert.match(left.data, /^room-\S+ is left by everybody of this server; its own, a\.localhost, is told\.$/m);
  assert.match(await said("share", room, "--end"), /is shared no more/);
  assert.match(await said("room", room), /^shared +no$/m);
  assert.match(await said("policy", "--forget", "b.localhost"), /^admitted +-$/m);
  assert.match((await admin("invite", room, "bob")).messages, /say who as @local_id:server_name/);
});

test("FD3 whose keys nobody has introduced is told with what to do, to admins and to the operator", async (t) => {
  const hosts = new Map<string, string>();
  const server = await TestServer.start(t, { federation: { hosts } });
  hosts.set("a.localhost", server.url);
  hosts.set("b.localhost", server.url);
  await server.person("ann", "a").signIn();
  await server.person("admin", "b").signIn();
  const onB = callingAs(t, server.url, "dev-admin@b");
  const listed = () => stairwell("federation", "peer", "list", "--tenant", "b", "--data", server.data);
  assert.equal((await stairwell("admin", "policy", "--admit", "a.localhost", ...onB)).code, 0);
  const { status } = await server.askPeer("b", "a.localhost", { method: "GET", target: "/profile/ann" });
  assert.equal(status, 403);
  for (const { data, messages } of [await stairwell("admin", "peers", ...onB), await listed()]) {
    assert.match(data, /^a\.localhost/m);
    assert.equal(messages, "");
  }
  await server.db.write("deployment", (tx) => tx.run("UPDATE peers SET key_fault = $1", "no key introduces it"));
  for (const { messages } of [await stairwell("admin", "peers", ...onB), await listed()]) {
    assert.match(
      messages,
      /introduced the keys of a\.localhost: ask .+ by 'stairwell federation peer trust NAME PUBLIC-KEY/,
    );
  }
});
