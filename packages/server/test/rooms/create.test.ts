import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused } from "@stairwell/testing";
import { openStage, unchanged } from "../support/stage.ts";

/** Create bodies, and what of the room follows from each. */
const KINDS = [
  [
    { room_type: "group", name: "A" },
    { scope_kind: null, is_public: false },
  ],
  [
    { room_type: "group", name: "A", is_public: true },
    { scope_kind: null, is_public: true },
  ],
  [
    { room_type: "group", name: "A", is_public: false, scope_kind: null },
    { scope_kind: null, is_public: false },
  ],
  [
    { room_type: "group", name: "A", scope_kind: "incognito" },
    { scope_kind: "incognito", is_public: false },
  ],
  [
    { room_type: "group", name: "A", close_on_leave: false },
    { scope_kind: null, is_public: false },
  ],
  [
    { room_type: "public", name: "A" },
    { scope_kind: null, is_public: true },
  ],
  [
    { room_type: "public", name: "A", is_public: true },
    { scope_kind: null, is_public: true },
  ],
  [{ room_type: "incognito" }, { scope_kind: "incognito", is_public: false, name: null }],
  [
    { room_type: "incognito", name: "A", is_public: false },
    { scope_kind: "incognito", is_public: false },
  ],
  [
    { room_type: "incognito", scope_kind: "incognito" },
    { scope_kind: "incognito", is_public: false, name: null },
  ],
] as const;

for (const [body, follows] of KINDS) {
  test(`a room is made as asked: ${JSON.stringify(body)}`, async (t) => {
    const { alice } = await openStage(t, ["alice"]);
    const { status, data, meta } = await alice.post("/v1/rooms", { topic: "Why", ...body });
    assert.equal(status, 201);
    assert.deepEqual(meta, { invites: [] });
    const name = "name" in body ? body.name : null;
    const { id, room_alias, created_at, me, ...rest } = data;
    assert.deepEqual(rest, {
      room_type: body.room_type,
      name,
      topic: "Why",
      state: "open",
      federated: false,
      hub: "dev.localhost",
      members_count: 1,
      head: 3,
      workspace_id: alice.me.personal_workspace_id,
      creator_id: alice.id,
      archived_at: null,
      closed_at: null,
      ...follows,
    });
    assert.match(id, /^room-/);
    assert.match(room_alias, /^#[a-z0-9-]{1,64}:dev\.localhost$/);
    assert.deepEqual([me.membership, me.power_level, me.notification_mode], ["join", 100, "inherit"]);
    assert.deepEqual(assertOk(await alice.get(`/v1/rooms/${id}`)).data, data);

    const isIncognito = follows.scope_kind === "incognito";
    const content = { room_type: body.room_type, scope_kind: follows.scope_kind, name, topic: "Why" };
    const log = (await alice.history(id)).map((event) => [event.event_type, event.sender_id, event.content]);
    assert.deepEqual(log, [
      ["swp.room.create", alice.id, { ...content, is_public: follows.is_public, close_on_leave: isIncognito }],
      ["swp.room.member", alice.id, { participant: alice.id, membership: "join" }],
      ["swp.room.workspace", alice.id, { workspace_id: alice.me.personal_workspace_id }],
    ]);
    assert.equal((await alice.history(id))[0].created_at, created_at);
  });
}

const CONTRADICTIONS = [
  { room_type: "public", name: "A", is_public: false },
  { room_type: "public", name: "A", scope_kind: "incognito" },
  { room_type: "incognito", is_public: true },
  { room_type: "incognito", scope_kind: "incognito", is_public: true },
  { room_type: "group", name: "A", scope_kind: "incognito", is_public: true },
  { room_type: "dm" },
  { room_type: "dm", name: "A" },
  { room_type: "group", name: "A", close_on_leave: true },
  { room_type: "public", name: "A", close_on_leave: true },
];

test("AP1 a body that contradicts its room type is refused by the type, before anything it names is looked for", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  for (const body of CONTRADICTIONS) {
    for (const more of [{}, { workspace_id: "ws-none" }, { invite: ["prt-none"] }]) {
      const answer = await unchanged(server, () => alice.post("/v1/rooms", { ...body, ...more }));
      assertRefused(answer, 400, "SW_ROOM_TYPE_INVARIANT");
    }
  }
});

test("AP4 a body that is no create body is refused, naming the place", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const wrong: [body: object, path: string][] = [
    [{}, "/room_type"],
    [{ room_type: "channel", name: "A" }, "/room_type"],
    [{ room_type: "group" }, "/name"],
    [{ room_type: "public" }, "/name"],
    [{ room_type: "group", name: "" }, "/name"],
    [{ room_type: "group", name: " \n " }, "/name"],
    [{ room_type: "group", name: null }, "/name"],
    [{ room_type: "group", name: "A", is_public: "true" }, "/is_public"],
    [{ room_type: "group", name: "A", scope_kind: "secret" }, "/scope_kind"],
    [{ room_type: "group", name: "A", invite: "prt-x" }, "/invite"],
    [{ room_type: "group", name: "A", invite: Array.from({ length: 101 }, (_, i) => `prt-${i}`) }, "/invite"],
    [{ room_type: "group", name: "A", workspace_id: "" }, "/workspace_id"],
    [{ room_type: "group", name: "A", creator_id: "prt-x" }, "/creator_id"],
    [{ room_type: "group", name: "A", topic: "x".repeat(1025) }, "/topic"],
  ];
  for (const [body, path] of wrong) {
    const answer = await unchanged(server, () => alice.post("/v1/rooms", body));
    assertRefused(answer, 400, "SW_REQUEST_INVALID");
    assert.equal((answer.error.details as { path: string }[])[0]!.path, path, JSON.stringify(body));
  }
});
