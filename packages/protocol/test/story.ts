import assert from "node:assert/strict";
import fc from "fast-check";
import { always } from "./property.ts";
import { type Kind, KINDS, PEOPLE, type Step, type Turn, World } from "./world.ts";

/** Commands as people give them: often coming and going, seldom ending everything. */
const kinds = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("join", "invite", "leave", "power") },
  { weight: 4, arbitrary: fc.constantFrom("kick", "ban", "unban", "send", "archive", "rejoin", "dm") },
  { weight: 1, arbitrary: fc.constantFrom("name", "topic", "workspace", "visibility", "close") },
  { weight: 1, arbitrary: fc.constantFrom("deactivate", "restore", "federate", "fedInvite") },
) as fc.Arbitrary<Step["kind"]>;

const step: fc.Arbitrary<Step> = fc.record({
  kind: kinds,
  actor: fc.nat(PEOPLE.length - 1),
  target: fc.nat(PEOPLE.length - 1),
  level: fc.constantFrom(0, 49, 50, 51, 99, 100),
  later: fc.constantFrom(0, 1, 1000),
  banMs: fc.constantFrom(null, 1, 1500),
  flag: fc.boolean(),
});

/** The second person and those after join, one by one, as far as the room allows it. */
function gathering(crowd: number): Step[] {
  const usual = { level: 0, later: 1, banMs: null, flag: false };
  // The last of them is of another server.
  const shared: Step[] =
    crowd < PEOPLE.length - 1 ? [] : [{ ...usual, kind: "federate", actor: 0, target: 0, flag: true }];
  const coming = PEOPLE.slice(1, crowd + 1).flatMap((_, i): Step[] => [
    { ...usual, kind: "invite", actor: 0, target: i + 1 },
    { ...usual, kind: "join", actor: i + 1, target: 0 },
  ]);
  return [...shared, ...coming];
}

/** A room of some kind, and what its people try, one after the other. */
export const story: fc.Arbitrary<{ kind: Kind; steps: Step[] }> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    crowd: fc.nat(PEOPLE.length - 1),
    steps: fc.array(step, { minLength: 1, maxLength: 80, size: "max" }),
  })
  .map(({ kind, crowd, steps }) => ({ kind, steps: [...gathering(crowd), ...steps] }));

/**
 * Random people try random things in random rooms, and `holds` must hold after each; it answers whether the turn was
 * one that the rule is about, and of those there must be enough for the test to mean something.
 */
export function whatever(holds: (turn: Turn, world: World) => boolean): void {
  let relevant = 0;
  always(story, 5000, ({ kind, steps }) => {
    const world = new World(kind);
    for (const step of steps) {
      const turn = world.take(step);
      if (turn !== undefined && holds(turn, world)) relevant++;
    }
  });
  assert.ok(relevant >= 10, `only ${relevant} turns were about this`);
}
