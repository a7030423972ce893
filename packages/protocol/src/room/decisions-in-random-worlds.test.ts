import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { always } from "../../test/property.ts";
import { story, whatever } from "../../test/story.ts";
import { World } from "../../test/world.ts";
import type { CanAction } from "../api/shapes.ts";
import { ERRORS } from "../errors.ts";
import { isServerFqid } from "../ids.ts";
import { fold } from "./apply.ts";
import { can } from "./can.ts";
import { decide, type RoomCommand } from "./decide.ts";
import { MEMBER, STATE } from "./events/index.ts";

test("a log folds to what its events made one by one", () => {
  always(story, 1000, ({ kind, steps }) => {
    const world = new World(kind);
    for (const step of steps) world.take(step);
    assert.deepEqual(fold(world.log), { room: world.room, members: world.members });
  });
});

test("events are by the caller, by the server, or by a bot that accepts for itself", () => {
  whatever(({ facts, drafts }) => {
    for (const { type, sender, content, causedBy } of drafts) {
      if (sender === facts.actor.person.fqid) continue;
      if (type === MEMBER && content["participant"] === sender) {
        assert.ok(facts.target?.person?.autoJoin);
        continue;
      }
      assert.ok(isServerFqid(sender));
      if (causedBy !== undefined) assert.ok(causedBy >= 0 && causedBy < drafts.length);
    }
    return drafts.length > 1;
  });
});

test("AP5 a refusal of 403 or 409 names a rule that is written down, and of power what is needed", () => {
  const rules = new Set<string | undefined>();
  const folder = new URL("../../../../spec/", import.meta.url);
  for (const name of globSync("*.md", { cwd: folder })) {
    for (const [, id] of readFileSync(new URL(name, folder), "utf8").matchAll(/^- ([A-Z]+\d+) /gm)) rules.add(id);
  }
  whatever(({ decision, facts }) => {
    if ("drafts" in decision) return false;
    const { code, rule, needed, actual } = decision.refusal;
    if ([403, 409].includes(ERRORS[code].status)) assert.ok(rules.has(rule), `${code} names ${rule}`);
    if (needed !== undefined) assert.equal(actual, facts.actor.member?.powerLevel ?? 0);
    return true;
  });
});

/** Commands that `can` answers for without anybody named, with something that would change by each. */
const ASKED = {
  archive: { kind: "archive" },
  close: { kind: "close" },
  restore: { kind: "rejoin" },
  rename: { kind: "name", name: "another" },
  set_topic: { kind: "topic", topic: "another" },
  move: { kind: "workspace", workspaceId: "ws-another", role: "owner" },
  send: { kind: "send", eventType: "swp.room.message", content: {}, text: "{}" },
} as const satisfies Partial<Record<CanAction, RoomCommand>>;

test("what `can` says is what deciding does", () => {
  whatever(({ facts }) => {
    // Seats and quotas are no matter of `can`.
    const here = { ...facts, limits: { ...facts.limits, max_participants: null } };
    if (here.room?.roomType !== "dm" && here.target !== undefined) return false;
    const said = can(here);
    for (const [action, command] of Object.entries(ASKED)) {
      const decision = decide(here, command);
      const drafts = "drafts" in decision ? decision.drafts : [];
      // On an open room `rejoin` joins, which is no restoring.
      const does = action === "restore" ? drafts.some(({ type }) => type === STATE) : drafts.length > 0;
      assert.equal(said[action as keyof typeof ASKED], does, action);
    }
    return Object.values(said).includes(true);
  });
});
