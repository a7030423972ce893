import assert from "node:assert/strict";
import { test } from "node:test";
import { auth, participants } from "@stairwell/protocol/api";
import type { Actor } from "../../src/auth/index.ts";
import { call } from "../support/call.ts";
import { openPeople } from "./endpoints.ts";

test("the caller sees themselves, their roles, workspace and tenant", async (t) => {
  const { endpoints, tenant, person } = await openPeople(t);
  const alice = await person("alice", { displayName: " Alice ", admin: true });
  const { data } = await call(endpoints, participants.getMe, alice);
  assert.match(data.personal_workspace_id, /^ws-/);
  assert.deepEqual(data, {
    participant_id: alice.participantId,
    local_id: "alice",
    fqid: "@alice:acme.example",
    display_name: "Alice",
    avatar_url: null,
    participant_type: "human",
    roles: ["admin"],
    personal_workspace_id: data.personal_workspace_id,
    tenant: { id: tenant.tenantId, slug: "acme", name: "acme", server_name: "acme.example" },
  });
});

test("a change of the profile keeps what it does not name", async (t) => {
  const { endpoints, person } = await openPeople(t);
  const alice = await person("alice");
  const update = (body: Record<string, unknown>) => call(endpoints, participants.updateMe, alice, { body });
  assert.equal((await update({ avatar_url: "https://pictures.example/a.png" })).data.display_name, "alice");
  const { data } = await update({ display_name: "  Alicia " });
  assert.equal(data.display_name, "Alicia");
  assert.equal(data.avatar_url, "https://pictures.example/a.png");
  assert.deepEqual((await update({})).data, data);
  assert.equal((await update({ avatar_url: null })).data.avatar_url, null);
});

test("a name that hides or an address that runs is refused", async (t) => {
  const { endpoints, person } = await openPeople(t);
  const alice = await person("alice");
  for (const body of [
    { display_name: " " },
    { display_name: "a\u202eb" },
    { display_name: "x".repeat(129) },
    { avatar_url: "javascript:alert(1)" },
    { avatar_url: "data:image/svg+xml,<svg/>" },
    { avatar_url: "/etc/passwd" },
    { avatar_url: "//evil.example/a.png" },
    { avatar_url: "" },
  ]) {
    await assert.rejects(
      call(endpoints, participants.updateMe, alice, { body }),
      { code: "SW_REQUEST_INVALID" },
      JSON.stringify(body),
    );
  }
});

test("preferences start as they are documented and change one by one", async (t) => {
  const { endpoints, person } = await openPeople(t);
  const alice = await person("alice");
  const update = async (body: Record<string, unknown>) =>
    (await call(endpoints, participants.updatePreferences, alice, { body })).data;
  const before = (await call(endpoints, participants.getPreferences, alice)).data;
  assert.deepEqual(before, { default_mode: "mentions", locale: null, timezone: null, auto_join: false });
  await update({ default_mode: "none", locale: "de-CH" });
  assert.deepEqual(await update({ timezone: "Asia/Kolkata" }), {
    default_mode: "none",
    locale: "de-CH",
    timezone: "Asia/Kolkata",
    auto_join: false,
  });
  // What was read can be written back.
  const after = (await call(endpoints, participants.getPreferences, alice)).data;
  assert.deepEqual(await update(after), after);
  assert.equal((await update({ locale: null })).locale, null);
});

test("unknown locales and time zones are refused", async (t) => {
  const { endpoints, person } = await openPeople(t);
  const alice = await person("alice");
  for (const body of [
    { locale: "not a locale" },
    { locale: "x_y" },
    { timezone: "Middle/Earth" },
    { timezone: "now" },
    { timezone: "+01:00" },
    { timezone: "-0500" },
  ]) {
    await assert.rejects(call(endpoints, participants.updatePreferences, alice, { body }), {
      code: "SW_REQUEST_INVALID",
    });
  }
});

test("MB5 only bots and agents opt to accept invites at once", async (t) => {
  const { endpoints, person } = await openPeople(t);
  const optIn = (actor: Actor) => call(endpoints, participants.updatePreferences, actor, { body: { auto_join: true } });
  await assert.rejects(optIn(await person("alice")), { code: "SW_REQUEST_INVALID" });
  assert.equal((await optIn(await person("helper", { participantType: "bot" }))).data.auto_join, true);
  assert.equal((await optIn(await person("thinker", { participantType: "agent" }))).data.auto_join, true);
});

test("AU7 registering answers 201 once, also when 32 do it at the same time", async (t) => {
  const { endpoints, person } = await openPeople(t);
  const alice = await person("alice");
  const answers = await Promise.all(Array.from({ length: 32 }, () => call(endpoints, auth.register, alice)));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal(answers.filter(({ status }) => status === 200).length, 31);
  assert.equal(new Set(answers.map(({ data }) => data.personal_workspace_id)).size, 1);
});

test("AU7 the first registration takes a display name, a repeat does not", async (t) => {
  const { endpoints, person } = await openPeople(t);
  const alice = await person("alice");
  const register = (display_name?: string) =>
    call(endpoints, auth.register, alice, display_name === undefined ? {} : { body: { display_name } });
  assert.equal((await register("Alice")).data.display_name, "Alice");
  assert.equal((await register("Mallory")).data.display_name, "Alice");
  assert.equal((await register()).status, 200);
});
