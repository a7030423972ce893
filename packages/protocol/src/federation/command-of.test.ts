import assert from "node:assert/strict";
import { test } from "node:test";
import { factsBetween, GROUP, memberCalled, personCalled } from "../../test/rooms.ts";
import { whatever } from "../../test/story.ts";
import { PEOPLE } from "../../test/world.ts";
import { StairwellError } from "../errors.ts";
import type { Fqid } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import { type Command, decide, type Draft } from "../room/index.ts";
import { commandOf, type Proposed } from "./command-of.ts";

const ELSEWHERE: ReadonlySet<Command["kind"]> = new Set(["workspace", "visibility", "federate", "fedInvite", "dm"]);

function proposalOf({ type, sender, actedBy, content }: Draft): Proposed {
  return { event_type: type, sender, acted_by: actedBy ?? null, content };
}

test("FD13 whatever somebody may say in a room, its proposal is decided to the very same events", () => {
  whatever(({ facts, command, drafts }) => {
    const main = drafts.find(({ sender }) => sender === facts.actor.person.fqid);
    if (main === undefined || ELSEWHERE.has(command.kind)) return false;
    const asked = commandOf(proposalOf(main));
    assert.equal(asked.caller, facts.actor.person.fqid);
    const person = PEOPLE.find(({ fqid }) => fqid === asked.target);
    if (asked.target !== undefined) assert.equal(person?.fqid, facts.target?.person?.fqid);
    assert.deepEqual(decide(facts, asked.command), { drafts });
    return true;
  });
});

test("FD13 each state event that a member makes is read as the command that makes it", () => {
  const bob = "@bob:acme.example" as Fqid;
  const table: [string, JsonObject, Command][] = [
    ["swp.room.member", { participant: alice, membership: "join" }, { kind: "join" }],
    ["swp.room.member", { participant: alice, membership: "leave", cause: "left" }, { kind: "leave" }],
    ["swp.room.member", { participant: bob, membership: "invite", reason: "r" }, { kind: "invite", reason: "r" }],
    ["swp.room.member", { participant: bob, membership: "leave", cause: "kicked" }, { kind: "kick" }],
    ["swp.room.member", { participant: bob, membership: "leave", cause: "revoked" }, { kind: "kick" }],
    ["swp.room.member", { participant: bob, membership: "leave", cause: "unbanned" }, { kind: "unban" }],
    ["swp.room.member", { participant: bob, membership: "ban" }, { kind: "ban", expiresAt: null }],
    [
      "swp.room.member",
      { participant: bob, membership: "ban", expires_at: "2027-01-01T00:00:00.000Z" },
      { kind: "ban", expiresAt: Date.UTC(2027, 0) },
    ],
    ["swp.room.power", { participant: bob, power_level: 50 }, { kind: "power", level: 50 }],
    ["swp.room.name", { name: "n" }, { kind: "name", name: "n" }],
    ["swp.room.topic", { topic: null }, { kind: "topic", topic: null }],
    ["swp.room.state", { state: "archived", reason: "r" }, { kind: "archive", reason: "r" }],
    ["swp.room.state", { state: "closed" }, { kind: "close" }],
    ["swp.room.state", { state: "open" }, { kind: "rejoin" }],
  ];
  for (const [type, content, command] of table) {
    const target = content["participant"] === bob ? { target: bob } : {};
    assert.deepEqual(ask(type, content), { caller: alice, command, ...target }, JSON.stringify(content));
  }
});

const alice = "@alice:far.example" as Fqid;

function ask(event_type: string, content: JsonObject, more: Partial<Proposed> = {}) {
  return commandOf({ event_type, sender: alice, acted_by: null, content, ...more });
}

test("FD13 an edit, a reaction and a redaction name their event, a message on behalf names whom it is by", () => {
  assert.deepEqual(ask("swp.room.edit", { event_id: "evt-1", content: { body: "b" } }), {
    caller: alice,
    command: { kind: "edit", content: { body: "b" }, text: '{"body":"b"}' },
    event: { id: "evt-1" },
  });
  assert.deepEqual(ask("swp.room.reaction", { event_id: "evt-1", emoji: "👍", action: "remove" }), {
    caller: alice,
    command: { kind: "react", emoji: "👍", action: "remove" },
    event: { id: "evt-1", emoji: "👍" },
  });
  assert.deepEqual(ask("swp.room.redaction", { event_id: "evt-1", reason: "why" }), {
    caller: alice,
    command: { kind: "redact", reason: "why" },
    event: { id: "evt-1" },
  });
  const bob = "@bob:far.example" as Fqid;
  assert.deepEqual(ask("acme.deploy", { to: 1 }, { acted_by: bob }), {
    caller: bob,
    command: { kind: "send", eventType: "acme.deploy", content: { to: 1 }, text: '{"to":1}', onBehalf: true },
    target: alice,
  });
});

test("FIN-31 FD22 what only the server of a room decides is nothing that can be proposed", () => {
  const server: [string, JsonObject][] = [
    ["swp.room.create", { room_type: "group" }],
    ["swp.room.workspace", { workspace_id: "ws-1" }],
    ["swp.room.visibility", { is_public: true }],
    ["swp.room.federation", { enabled: false }],
    ["swp.room.import", {}],
    ["swp.room.history", {}],
    ["swp.room.nothing", {}],
    ["constructor", {}],
  ];
  for (const [type, content] of server) refused(() => ask(type, content), "/event_type");
});

test("FIN-29 contents of wrong shapes are refused with the place of the fault", () => {
  const wrong: [string, JsonObject, string][] = [
    ["swp.room.member", {}, "/content/participant"],
    ["swp.room.member", { participant: 1 }, "/content/participant"],
    ["swp.room.member", { participant: "alice" }, "/content/participant"],
    ["swp.room.member", { participant: "@:far.example" }, "/content/participant"],
    ["swp.room.member", { participant: alice, membership: "ban" }, "/content/membership"],
    ["swp.room.member", { participant: "@bob:a.example", membership: "join" }, "/content/membership"],
    [
      "swp.room.member",
      { participant: "@bob:a.example", membership: "ban", expires_at: "soon" },
      "/content/expires_at",
    ],
    ["swp.room.member", { participant: alice, membership: "leave", reason: "" }, "/content/reason"],
    ["swp.room.power", { participant: alice, power_level: 101 }, "/content/power_level"],
    ["swp.room.power", { participant: alice, power_level: 1.5 }, "/content/power_level"],
    ["swp.room.name", { name: " " }, "/content/name"],
    ["swp.room.name", { name: null }, "/content/name"],
    ["swp.room.topic", {}, "/content/topic"],
    ["swp.room.state", { state: "gone" }, "/content/state"],
    ["swp.room.edit", { event_id: "evt-1", content: [] }, "/content/content"],
    ["swp.room.edit", { event_id: "", content: {} }, "/content/event_id"],
    ["swp.room.reaction", { event_id: "evt-1", emoji: "two words", action: "add" }, "/content/emoji"],
    ["swp.room.reaction", { event_id: "evt-1", emoji: "👍", action: "toggle" }, "/content/action"],
    ["swp.room.redaction", { event_id: "e".repeat(256) }, "/content/event_id"],
  ];
  for (const [type, content, path] of wrong) refused(() => ask(type, content), path, `${type} ${path}`);
  refused(() => ask("swp.room.name", { name: "n" }, { acted_by: alice }), "/acted_by");
});

test("FIN-31 a key that no command makes does not come through: what is decided is not what was proposed", () => {
  const content = { participant: personCalled("bob").fqid, membership: "ban", power_level: 100 };
  const admin = memberCalled("ann", "join", { powerLevel: 100 });
  const { command } = ask("swp.room.member", content, { sender: admin.fqid });
  const decision = decide(factsBetween(GROUP, admin, memberCalled("bob", "join")), command);
  assert.ok("drafts" in decision);
  assert.notDeepEqual(decision.drafts[0]?.content, content);
});

function refused(ask: () => unknown, path: string, message?: string): void {
  assert.throws(
    ask,
    (error) => {
      assert.ok(error instanceof StairwellError);
      assert.equal((error.info.details as { path: string }[] | undefined)?.[0]?.path, path, message);
      return true;
    },
    message,
  );
}
