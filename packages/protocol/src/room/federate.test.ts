import assert from "node:assert/strict";
import { test } from "node:test";
import { factsBetween, GROUP, memberCalled, personCalled } from "../../test/rooms.ts";
import type { Fqid } from "../ids.ts";
import { decide, type RoomCommand } from "./decide.ts";
import type { Facts } from "./decision.ts";
import type { MemberState, RoomState } from "./state.ts";

const SERVER = "@:acme.example";
const ann = memberCalled("ann", "join", { powerLevel: 100 });
const fay = { ...memberCalled("fay", "join"), fqid: "@fay:far.example" as Fqid };
const SHARED: RoomState = { ...GROUP, federated: true };
const ON: RoomCommand = { kind: "federate", enabled: true };
const OFF: RoomCommand = { kind: "federate", enabled: false };

function asAdmin(room: RoomState | undefined, more: Partial<Facts> = {}): Facts {
  const facts = factsBetween(room ?? GROUP, ann);
  return { ...facts, room, actor: { ...facts.actor, isTenantAdmin: true }, ...more };
}

function refusalOf(facts: Facts, command: RoomCommand) {
  const decision = decide(facts, command);
  assert.ok("refusal" in decision, JSON.stringify(decision));
  return [decision.refusal.code, decision.refusal.rule];
}

test("FD10 an administrator federates a room, with the server as sender, and again changes nothing", () => {
  assert.deepEqual(decide(asAdmin(GROUP), ON), {
    drafts: [{ type: "swp.room.federation", content: { enabled: true }, sender: SERVER }],
  });
  assert.deepEqual(decide(asAdmin(SHARED), ON), { drafts: [] });
  assert.deepEqual(decide(asAdmin(GROUP), OFF), { drafts: [] });
});

test("FD10 direct, incognito and frozen rooms are not federated, nor any by somebody who is no administrator", () => {
  assert.deepEqual(refusalOf(asAdmin({ ...GROUP, roomType: "dm" }), ON), ["SW_ROOM_TYPE_INVARIANT", "DM3"]);
  assert.deepEqual(refusalOf(asAdmin({ ...GROUP, scopeKind: "incognito" }), ON), ["SW_ROOM_TYPE_INVARIANT", "FD10"]);
  assert.deepEqual(refusalOf(asAdmin({ ...GROUP, state: "archived" }), ON), ["SW_ROOM_FROZEN", "LC1"]);
  assert.deepEqual(refusalOf(asAdmin({ ...GROUP, state: "closed" }), ON), ["SW_ROOM_FROZEN", "LC1"]);
  assert.deepEqual(refusalOf(asAdmin(undefined), ON), ["SW_ROOM_NOT_FOUND", undefined]);
  assert.deepEqual(refusalOf(factsBetween(GROUP, ann), ON), ["SW_AUTH_INSUFFICIENT_PERMISSION", "FD10"]);
});

/** What happens when a room with these foreigners stops being shared: types, and whom they are about. */
function endOf(room: RoomState, foreigners: readonly MemberState[], heir?: Fqid) {
  const decision = decide(asAdmin(room, { foreigners, heir }), OFF);
  assert.ok("drafts" in decision);
  assert.ok(decision.drafts.every(({ sender }) => sender === SERVER));
  return decision.drafts.map(({ type, content, causedBy }) => [type.slice("swp.room.".length), content, causedBy]);
}

test("FD10 the end is said first, then those from elsewhere go, joined and invited", () => {
  const invited = { ...memberCalled("gus", "invite"), fqid: "@gus:far.example" as Fqid };
  assert.deepEqual(endOf(SHARED, [fay, invited]), [
    ["federation", { enabled: false }, undefined],
    ["member", { participant: fay.fqid, membership: "leave", cause: "defederated" }, 0],
    ["member", { participant: invited.fqid, membership: "leave", cause: "defederated" }, 0],
  ]);
});

test("FD10 MB15 MB16 where the last admin was from elsewhere somebody inherits, and a room left empty is archived", () => {
  const admin = { ...fay, powerLevel: 100 };
  assert.deepEqual(endOf(SHARED, [admin], ann.fqid).slice(2), [
    ["power", { participant: ann.fqid, power_level: 100 }, 1],
  ]);
  assert.deepEqual(endOf({ ...SHARED, adminCount: 2 }, [admin], ann.fqid).slice(2), []);
  assert.deepEqual(endOf({ ...SHARED, joinedCount: 1 }, [admin]).slice(2), [["state", { state: "archived" }, 1]]);
});

const frank = personCalled("frank", { participantType: "federated" });
const POLICY = { isAllowed: true, membersMayInvite: true, foreign: 0, maxForeign: 1 };
const INVITE: RoomCommand = { kind: "fedInvite", reason: "come" };

function inviting(room: RoomState, more: Partial<Facts> = {}, member?: MemberState): Facts {
  return asAdmin(room, { target: { person: frank, member }, federation: POLICY, ...more });
}

test("FD11 an administrator invites from elsewhere, with the server as sender", () => {
  assert.deepEqual(decide(inviting(SHARED), INVITE), {
    drafts: [
      {
        type: "swp.room.member",
        content: { participant: frank.fqid, membership: "invite", reason: "come" },
        sender: SERVER,
      },
    ],
  });
  for (const membership of ["invite", "join"] as const) {
    assert.deepEqual(decide(inviting(SHARED, {}, memberCalled("frank", membership)), INVITE), { drafts: [] });
  }
});

test("FD11 not into a room that is not shared, frozen or full, nor what policy or a ban forbids", () => {
  assert.deepEqual(refusalOf(inviting(GROUP), INVITE), ["SW_FED_NOT_FEDERATED", "FD11"]);
  assert.deepEqual(refusalOf(inviting({ ...SHARED, state: "archived" }), INVITE), ["SW_ROOM_FROZEN", "LC1"]);
  const denied = { federation: { ...POLICY, isAllowed: false } };
  assert.deepEqual(refusalOf(inviting(SHARED, denied), INVITE), ["SW_FED_POLICY", "FD11"]);
  const many = { federation: { ...POLICY, foreign: 1 } };
  assert.deepEqual(refusalOf(inviting(SHARED, many), INVITE), ["SW_FED_POLICY", "FD11"]);
  assert.deepEqual(refusalOf(asAdmin(SHARED, { target: { person: undefined, member: undefined } }), INVITE), [
    "SW_PARTICIPANT_NOT_FOUND",
    "MB3",
  ]);
  assert.deepEqual(refusalOf(inviting(SHARED, {}, memberCalled("frank", "ban")), INVITE), ["SW_ROOM_FORBIDDEN", "MB2"]);
  const full = { limits: { ...asAdmin(SHARED).limits, max_participants: 3 } };
  assert.deepEqual(refusalOf(inviting(SHARED, full), INVITE), ["SW_ROOM_CAPACITY", "MB18"]);
});

test("FD11 a member invites from elsewhere where policy lets members, and only into a shared room", () => {
  const invite = { kind: "invite" } as const;
  const by = (room: RoomState, federation = POLICY): Facts => ({
    ...factsBetween(room, ann),
    target: { person: frank, member: undefined },
    federation,
  });
  const decision = decide(by(SHARED), invite);
  assert.ok("drafts" in decision && decision.drafts[0]?.sender === ann.fqid);
  assert.deepEqual(refusalOf(by(GROUP), invite), ["SW_FED_NOT_FEDERATED", "FD11"]);
  assert.deepEqual(refusalOf(by(SHARED, { ...POLICY, membersMayInvite: false }), invite), ["SW_FED_POLICY", "FD11"]);
});

test("FD22 a listed room is open to all of its tenant, and hidden from other servers until they are invited", () => {
  const facts = factsBetween({ ...SHARED, isPublic: true }, fay);
  const person = { ...facts.actor.person, participantType: "federated" } as const;
  const stranger: Facts = { ...facts, actor: { ...facts.actor, person, member: undefined } };
  assert.deepEqual(refusalOf(stranger, { kind: "join" }), ["SW_ROOM_NOT_FOUND", undefined]);
  const invited = memberCalled("fay", "invite");
  assert.ok("drafts" in decide({ ...stranger, actor: { ...stranger.actor, member: invited } }, { kind: "join" }));
});
