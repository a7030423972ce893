import assert from "node:assert/strict";
import { test } from "node:test";
import { factsBetween, GROUP, memberCalled } from "../../test/rooms.ts";
import { readableTo, seen, type Standing, standing } from "./guards.ts";
import { asOf, type MemberState, type RoomState } from "./state.ts";

const NOW = 1000;
const ROWS: Record<string, MemberState | undefined> = {
  none: undefined,
  joined: memberCalled("eve", "join"),
  invited: memberCalled("eve", "invite"),
  left: memberCalled("eve", "leave", { cause: "left", leftPosition: 7 }),
  banned: memberCalled("eve", "ban"),
  "banned until later": memberCalled("eve", "ban", { banExpiresAt: NOW + 1 }),
  "banned until now": memberCalled("eve", "ban", { banExpiresAt: NOW }),
};
const ROOMS: Record<string, RoomState> = {
  listed: { ...GROUP, isPublic: true },
  unlisted: GROUP,
  "listed, archived": { ...GROUP, isPublic: true, state: "archived" },
  "listed, closed": { ...GROUP, isPublic: true, state: "closed" },
};

test("VS1 AP3 who sees a room, by its state and their row", () => {
  const table: Record<string, Standing[]> = {
    //                   listed      unlisted    archived    closed
    none: ["outsider", "hidden", "hidden", "hidden"],
    joined: ["joined", "joined", "joined", "joined"],
    invited: ["invited", "invited", "invited", "invited"],
    left: ["outsider", "gone", "gone", "gone"],
    banned: ["banned", "banned", "banned", "banned"],
    "banned until later": ["banned", "banned", "banned", "banned"],
    "banned until now": ["outsider", "gone", "gone", "gone"],
  };
  for (const [row, expected] of Object.entries(table)) {
    const found = Object.values(ROOMS).map((room) => standing(room, ROWS[row], NOW));
    assert.deepEqual(found, expected, row);
    assert.equal(standing(undefined, ROWS[row], NOW), "hidden", row);
  }
});

test("AP2 VS3 what is hidden is 404 without a word more, what is forbidden says its rule", () => {
  const of = (room: RoomState, row: string) =>
    seen(factsBetween(room, ROWS[row] ?? memberCalled("eve", "join")))?.refusal;
  assert.deepEqual(of(GROUP, "left"), {
    code: "SW_ROOM_FORBIDDEN",
    rule: "VS3",
    message: "You are no longer in this room.",
  });
  assert.deepEqual(of(GROUP, "banned"), {
    code: "SW_ROOM_FORBIDDEN",
    rule: "MB2",
    message: "You are banned from this room.",
  });
  for (const row of ["joined", "invited"]) assert.equal(of(GROUP, row), undefined);
  assert.equal(of({ ...GROUP, isPublic: true }, "left"), undefined);
  const facts = factsBetween(GROUP, memberCalled("eve", "join"));
  const stranger = { ...facts, actor: { ...facts.actor, member: undefined } };
  assert.deepEqual(seen(stranger)?.refusal, { code: "SW_ROOM_NOT_FOUND" });
  assert.deepEqual(seen({ ...stranger, room: undefined }), seen(stranger));
});

test("MB10 the last position one may read: all while joined, the end of the last stay afterwards, nothing before", () => {
  assert.equal(readableTo(memberCalled("eve", "join", { leftPosition: 7 })), Infinity);
  for (const membership of ["leave", "ban", "invite"] as const) {
    assert.equal(readableTo(memberCalled("eve", membership, { leftPosition: 7 })), 7, membership);
    assert.equal(readableTo(memberCalled("eve", membership)), 0, membership);
  }
  assert.equal(readableTo(undefined), 0);
});

test("MB13 a ban is over at its instant, and reads as a leave", () => {
  const ban = memberCalled("eve", "ban", { banExpiresAt: NOW, reason: "spam", leftPosition: 7 });
  assert.equal(asOf(ban, NOW - 1), ban);
  const over = { ...ban, membership: "leave", cause: "expired", reason: null, banExpiresAt: null };
  assert.deepEqual(asOf(ban, NOW), over);
  assert.deepEqual(asOf(ban, NOW + 1), over);
  const forGood = memberCalled("eve", "ban");
  assert.equal(asOf(forGood, Number.MAX_SAFE_INTEGER), forGood);
});
