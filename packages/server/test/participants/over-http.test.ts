import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, TestServer } from "@stairwell/testing";

test("the profile that one person sets is what others find", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  assertOk(await alice.put("/v1/me", { display_name: "Zoë" }));
  const found = assertOk(await bob.get("/v1/directory/participants?q=zoe&type=human&limit=200"));
  assert.deepEqual(found.data, [
    {
      id: alice.id,
      local_id: "alice",
      server_name: "dev.localhost",
      fqid: "@alice:dev.localhost",
      display_name: "Zoë",
      participant_type: "human",
      avatar_url: null,
    },
  ]);
  assert.deepEqual(found.meta, { has_more: false, next_cursor: null, total: 1 });
});

test("AP7 the directory of people is walked over HTTP, and its cursors are for one caller", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob", "carol", "dave");
  const first = assertOk(await alice.get("/v1/directory/participants?limit=3"));
  const cursor = encodeURIComponent(String(first.meta.next_cursor));
  const rest = assertOk(await alice.get(`/v1/directory/participants?limit=3&cursor=${cursor}`));
  const names = [...first.data, ...rest.data].map((one: { local_id: string }) => one.local_id);
  assert.deepEqual(names, ["alice", "bob", "carol", "dave"]);
  assertRefused(await bob.get(`/v1/directory/participants?limit=3&cursor=${cursor}`), 400, "SW_REQUEST_INVALID");
  const stranger = await server.person("alice", "other").signIn();
  assertRefused(await stranger.get(`/v1/directory/participants?limit=3&cursor=${cursor}`), 400, "SW_REQUEST_INVALID");
});

test("AP4 what a profile or preferences cannot be is refused", async (t) => {
  const server = await TestServer.start(t);
  const alice = server.person("alice");
  for (const body of [{ display_name: null }, { roles: ["admin"] }, { avatar_url: "javascript:0" }, [], "null"]) {
    assertRefused(await alice.put("/v1/me", body), 400, "SW_REQUEST_INVALID");
  }
  for (const body of [
    { default_mode: "inherit" },
    { default_mode: "loud" },
    { auto_join: true },
    { auto_join: "no" },
  ]) {
    assertRefused(await alice.put("/v1/me/preferences", body), 400, "SW_REQUEST_INVALID");
  }
});
