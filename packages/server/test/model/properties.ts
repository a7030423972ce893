/** The two properties, each with the stories that once failed it. */
import fc from "fast-check";
import { readFileSync } from "node:fs";
import type { Command } from "./commands.ts";
import { interleavings, stories } from "./generate.ts";
import { playAtOnce } from "./interleave.ts";
import { assertInvariants, logsAndRowsAgree } from "./invariants.ts";
import { playInOrder } from "./play.ts";
import { roomsComeBack } from "./round-trips.ts";
import { Stage } from "./stage.ts";

export interface Interleaving {
  readonly opening: readonly Command[];
  readonly batches: readonly (readonly Command[])[];
}

/** Stories that failed once, by what they are about, in their smallest form: played before all others, whatever the seed. */
interface Kept {
  readonly inOrder: Readonly<Record<string, Command[]>>;
  readonly atOnce: Readonly<Record<string, Interleaving>>;
}

const kept = JSON.parse(readFileSync(new URL("kept.json", import.meta.url), "utf8")) as Kept;

const inOrder = fc.asyncProperty(stories(80), (story: readonly Command[]) =>
  Stage.play(async (stage, world) => {
    await playInOrder(stage, world, story);
    await assertInvariants(stage, world);
    await roomsComeBack(stage, world);
    await logsAndRowsAgree(stage);
  }),
);

const atOnce = fc.asyncProperty(interleavings(20), ({ opening, batches }: Interleaving) =>
  Stage.play(async (stage, world) => {
    await playInOrder(stage, world, opening);
    await assertInvariants(stage, await playAtOnce(stage, world, batches));
  }),
);

export const PROPERTIES = {
  inOrder: { property: inOrder, kept: Object.values(kept.inOrder).map((story): [Command[]] => [story]) },
  atOnce: { property: atOnce, kept: Object.values(kept.atOnce).map((story): [Interleaving] => [story]) },
} as const;

/** Says what to do with a failure, besides mending its cause. */
export function reporter<T>(list: keyof Kept): (out: fc.RunDetails<T>) => void {
  return (out) => {
    if (!out.failed) return;
    const story = JSON.stringify((out.counterexample as [unknown] | null)?.[0]);
    const again = `STAIRWELL_SEED=${out.seed} STAIRWELL_PATH=${out.counterexamplePath ?? ""}`;
    const cause = out.errorInstance;
    const told = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${told}\n\nRun ${out.numRuns} failed; shrunk ${out.numShrinks} times. Again: ${again}\n` +
        `Keep it by a name under "${list}" in kept.json:\n${story}`,
      { cause },
    );
  };
}
