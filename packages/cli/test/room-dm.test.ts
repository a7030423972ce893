import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, TestServer } from "@stairwell/testing";
import { callingAs, stairwell } from "./command-line.ts";

test("FD24 a direct room is opened from the command line with people of this server and of others", async (t) => {
  const hosts = new Map<string, string>();
  const [a, b] = [
    await TestServer.start(t, { federation: { hosts } }),
    await TestServer.start(t, { federation: { hosts } }),
  ];
  hosts.set("a.localhost", a.url);
  hosts.set("b.localhost", b.url);
  for (const [server, slug] of [
    [a, "a"],
    [b, "b"],
  ] as const) {
    const admin = server.person("admin", slug);
    assertOk(await admin.put("/v1/admin/federation/policy", { default_mode: "open" }));
    await server.person("bob", slug).signIn();
  }
  const caller = callingAs(t, a.url, "dev-ann@a");
  for (const fqid of ["@bob:a.localhost", "@bob:b.localhost"]) {
    const first = await stairwell("room", "dm", fqid, ...caller);
    assert.equal(first.code, 0, first.messages);
    assert.match(first.data, /^room-\S+\n$/);
    assert.match(first.messages, /^opened a room with @bob/);
    const again = await stairwell("room", "dm", fqid, ...caller);
    assert.deepEqual([again.data, /was there/.test(again.messages)], [first.data, true]);
  }
  const nobody = await stairwell("room", "dm", "@nobody:a.localhost", ...caller);
  assert.match(nobody.messages, /nobody here is called @nobody:a\.localhost/);
  const alone = await stairwell("room", "dm", "@ann:a.localhost", ...caller);
  assert.match(alone.messages, /needs somebody else/);
  const unknown = await stairwell("room", "dm", "@nobody:b.localhost", ...caller);
  assert.match(unknown.messages, /SW_PARTICIPANT_NOT_FOUND|no such participant/i);
});
