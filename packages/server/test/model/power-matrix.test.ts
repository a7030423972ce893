import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "./commands.ts";
import { answerTo } from "./model.ts";
import { playInOrder } from "./play.ts";
import { Stage } from "./stage.ts";
import type { World } from "./world.ts";

const LEVELS = [0, 49, 50, 51, 99, 100, "creator"] as const;
type Level = (typeof LEVELS)[number];

const room = "r0";
const OPENING: readonly Command[] = [
  { do: "create", by: "ann", type: "group", name: "One", invite: ["bob", "cat"] },
  { do: "join", by: "bob", room },
  { do: "join", by: "cat", room },
];

/** The creator is ann; bob acts on cat, but where one of them is to be the creator. */
const caller = (level: Level): string => (level === "creator" ? "ann" : "bob");
const target = (level: Level): string => (level === "creator" ? "ann" : "cat");

/** Brings a member to a level, whatever they have: an admin is lowered by nobody but themselves. */
function raised(world: World, who: string, level: Level): Command[] {
  if (level === "creator" || world.rooms.get(room)!.members.get(who)!.power === level) return [];
  return [
    { do: "power", by: who, room, target: who, level: 0 },
    { do: "power", by: "ann", room, target: who, level },
  ];
}

/** Brings back who was kicked or banned. */
function back(world: World, who: string): Command[] {
  if (world.rooms.get(room)!.members.get(who)!.membership === "join") return [];
  return [
    { do: "unban", by: "ann", room, target: who },
    { do: "invite", by: "ann", room, target: who },
    { do: "join", by: who, room },
  ];
}

function acts(by: string, on: string): Command[] {
  return [
    { do: "unban", by, room, target: on },
    ...[0, 50, 100].map((level): Command => ({ do: "power", by, room, target: on, level })),
    { do: "kick", by, room, target: on },
    { do: "ban", by, room, target: on },
    { do: "unban", by, room, target: on },
  ];
}

test("MB12 MB13 PL1 PL2 of any two levels it is settled who may kick, ban, unban and raise whom", async () => {
  await Stage.play(async (stage, world) => {
    await playInOrder(stage, world, OPENING);
    const statuses = new Set<number>();
    for (const mine of LEVELS) {
      for (const theirs of LEVELS) {
        const [by, on] = [caller(mine), target(theirs)];
        if (by === on) continue;
        for (const act of acts(by, on)) {
          // What was undone by the act before is put right, except for the last: it unbans who may be banned.
          if (act.do !== "unban") await playInOrder(stage, world, back(world, on));
          for (const [who, level] of [
            [by, mine],
            [on, theirs],
          ] as const) {
            if (world.rooms.get(room)!.members.get(who)!.membership === "join") {
              await playInOrder(stage, world, raised(world, who, level));
            }
          }
          statuses.add(answerTo(structuredClone(world), act).status);
          await playInOrder(stage, world, [act]);
        }
        await playInOrder(stage, world, back(world, on));
      }
    }
    assert.deepEqual(
      [...statuses].sort((a, b) => a - b),
      [200, 403],
    );
  });
});
