import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, atOnce, Person, TestServer } from "@stairwell/testing";

test("AU4 32 first requests of one developer at once make one participant", async (t) => {
  const server = await TestServer.start(t);
  const answers = await atOnce(32, () => server.person("alice").get("/v1/me"));
  for (const answer of answers) assertOk(answer);
  assert.equal(new Set(answers.map(({ data }) => data.participant_id)).size, 1);
  assert.equal(new Set(answers.map(({ data }) => data.personal_workspace_id)).size, 1);
});

test("AP6 32 mints with one key at once make one token, shown to each", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const mint = () => alice.post("/v1/me/tokens", { name: "laptop" }, { "idempotency-key": "k-1" });
  const answers = await atOnce(32, mint);
  for (const answer of answers) assert.equal(answer.status, 201);
  assert.equal(new Set(answers.map(({ data }) => data.token)).size, 1);
  assert.equal(answers.filter(({ headers }) => headers.get("idempotency-replayed") === "true").length, 31);
  assert.equal(assertOk(await alice.get("/v1/me/tokens")).data.length, 1);
  const kept = JSON.stringify(await server.db.all("SELECT * FROM receipts"));
  assert.ok(!kept.includes(answers[0]!.data.token));
});

test("AU3 a minted token works with its scopes until it is revoked", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const minted = assertOk(await alice.post("/v1/me/tokens", { name: "reader", scopes: ["read"] })).data;
  const reader = new Person(server.url, "reader", minted.token);
  assert.equal(assertOk(await reader.get("/v1/me")).data.participant_id, alice.id);
  assertRefused(await reader.put("/v1/me", { display_name: "X" }), 403, "SW_AUTH_INSUFFICIENT_PERMISSION");
  assertRefused(await reader.post("/v1/me/tokens", { name: "more" }), 403, "SW_AUTH_INSUFFICIENT_PERMISSION");
  assertOk(await alice.delete(`/v1/me/tokens/${minted.id}`));
  assertRefused(await reader.get("/v1/me"), 401, "SW_AUTH_INVALID_TOKEN");
});

test("AP2 a token of somebody else and an unknown one cannot be told apart", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const { id } = assertOk(await alice.post("/v1/me/tokens", { name: "mine" })).data;
  const answers = [];
  for (const name of [id, "tok-unknown", "x".repeat(300), "%00"])
    answers.push(await bob.delete(`/v1/me/tokens/${name}`));
  for (const answer of answers) assertRefused(answer, 404, "SW_NOT_FOUND");
  assert.equal(new Set(answers.map(({ error }) => error.message)).size, 1);
});

test("AP4 unknown keys and wrong kinds in a mint are refused by name", async (t) => {
  const server = await TestServer.start(t);
  const alice = server.person("alice");
  for (const body of [
    {},
    { name: "" },
    { name: 7 },
    { name: "x", scopes: [] },
    { name: "x", scopes: ["root"] },
    { name: "x", scopes: ["read", "read"] },
    { name: "x", expires_at: 5 },
    { name: "x", token: "swt_mine" },
    { name: "x", participant_id: "prt-1" },
  ]) {
    assertRefused(await alice.post("/v1/me/tokens", body), 400, "SW_REQUEST_INVALID");
  }
});

test("the configuration of sign-in is open to anybody", async (t) => {
  const development = await TestServer.start(t);
  const ask = async (url: string) => (await (await fetch(`${url}/v1/auth/config`)).json()) as { data: unknown };
  assert.deepEqual((await ask(development.url)).data, { development: true, access_tokens: true });
  const strict = await TestServer.start(t, { dev: false });
  assert.deepEqual((await ask(strict.url)).data, { development: false, access_tokens: true });
  assertRefused(await strict.person("alice").get("/v1/me"), 401, "SW_AUTH_INVALID_TOKEN");
});

test("AU7 registering answers 201 the first time, 200 after that, with or without a body", async (t) => {
  const server = await TestServer.start(t);
  const alice = server.person("alice");
  const first = await alice.post("/v1/auth/register", { display_name: "Alice" });
  assert.equal(first.status, 201);
  const second = await alice.post("/v1/auth/register");
  assert.equal(second.status, 200);
  assert.deepEqual(second.data, first.data);
  assert.equal(first.data.display_name, "Alice");
});
