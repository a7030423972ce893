import assert from "node:assert/strict";
import { after, test } from "node:test";
import { freshSeed, rounds } from "@stairwell/testing";
import { Disks } from "./disk.ts";
import { drawPlan } from "./draw-plan.ts";
import { keptPlans } from "./kept.ts";
import { type Plan, told } from "./plan.ts";
import { play } from "./play.ts";
import { cutDown } from "./shrink.ts";

const disks = await Disks.open();
after(() => disks.end());

const isOneSeed = process.env.STAIRWELL_SEED !== undefined;
const isLong = rounds(2) === 2;

/** The usual tests play so many worlds that nobody has seen, and so many from a seed on that have all passed once. */
const A_FEW_FRESH = 50;
const MANY_KNOWN = 150;
const KNOWN = 610_000;

/** Played twice, a plan must go the same way. */
async function holds(plan: Plan, isTwice = true): Promise<ReadonlyMap<string, number>> {
  const { digest, violation, counts } = await play(plan, disks, { print: isOneSeed ? console.log : undefined });
  if (violation !== undefined) {
    const smallest = told(await cutDown(plan, violation, disks));
    assert.fail(`${violation}\n\nWhat it takes, of seed ${plan.dice} (keep it in kept/ by a name):\n${smallest}`);
  }
  if (isTwice)
    assert.equal((await play(plan, disks)).digest, digest, `seed ${plan.dice} went another way the second time`);
  return counts;
}

test("FD16 FD18 I1 I26 I28 whatever goes wrong between servers, nothing is lost or forged, and they agree in the end", async (t) => {
  const first = freshSeed();
  t.diagnostic(`seeds from ${first}`);
  const sums = new Map<string, number>();
  const fresh = Array.from({ length: isOneSeed ? 1 : rounds(2000, A_FEW_FRESH) }, (_, i) => first + i);
  const known = Array.from({ length: isOneSeed || isLong ? 0 : MANY_KNOWN }, (_, i) => KNOWN + i);
  for (const [i, seed] of [...fresh, ...known].entries()) {
    for (const [what, count] of await holds(drawPlan(seed, false), isLong || i % 10 === 0))
      sums.set(what, (sums.get(what) ?? 0) + count);
  }
  if (isOneSeed) return;
  // Worlds in which nothing happens prove nothing.
  for (const what of WORTH) assert((sums.get(what) ?? 0) > 0, `in no world came: ${what}`);
});

const WORTH = [
  "sendMessage done",
  "sendMessage pending",
  "sendMessage unknown it went down",
  "sendMessage refused SW_ROOM_FORBIDDEN",
  "joinRoom done",
  "inviteMember done",
  "kickMember done",
  "banMember done",
  "setPowerLevel done",
  "editEvent done",
  "redactEvent done",
  "addReaction pending",
  "backfillRoom done",
];

/** The usual tests play the same few wide worlds each time, the long ones as many as of the others, from a fresh seed. */
const A_FEW_WIDE = 12;

test("FD24 I14 I24 the same holds in worlds with direct rooms, and with servers that deny each other", async (t) => {
  const first = isOneSeed || isLong ? freshSeed() : 1;
  t.diagnostic(`wide worlds from ${first}`);
  const sums = new Map<string, number>();
  for (let i = 0; i < (isOneSeed ? 1 : rounds(2000, A_FEW_WIDE)); i++) {
    for (const [what, count] of await holds(drawPlan(first + i, true), isLong))
      sums.set(what, (sums.get(what) ?? 0) + count);
  }
  if (isOneSeed) return;
  for (const what of WIDE_WORTH) assert((sums.get(what) ?? 0) > 0, `in no world came: ${what}`);
});

const WIDE_WORTH = ["openFederatedDm done", "updateMe done", "downloadMedia done", "chooseBranch done"];

for (const [name, { shows, plan }] of isOneSeed ? [] : keptPlans()) {
  test(`FD18 no more: ${shows} (${name})`, async () => void (await holds(plan)));
}
