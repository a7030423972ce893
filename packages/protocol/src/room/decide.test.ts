import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf, type DecideVectors, eventVector, factsOf } from "../../test/facts.ts";
import { readVectors } from "../../test/vectors.ts";
import { ERRORS } from "../errors.ts";
import { decide } from "./decide.ts";

const vectors = readVectors<DecideVectors>("decide");

test("each case of the vectors is decided as they say", async (t) => {
  for (const vector of vectors.cases) {
    await t.test(vector.name, () => {
      const decision = decide(factsOf(vectors, vector), commandOf(vector));
      if (vector.events !== undefined) {
        assert.ok("drafts" in decision, JSON.stringify(decision));
        assert.deepEqual(decision.drafts.map(eventVector), vector.events);
      } else {
        assert.ok("refusal" in decision, JSON.stringify(decision));
        assert.partialDeepStrictEqual(decision.refusal, vector.refusal!);
      }
    });
  }
});

/** What the server does by itself, in rooms that it found: there is nobody to say no to. */
const ITS_OWN: readonly string[] = ["deactivate", "withdraw"];

test("the vectors have names of their own, and a yes and a no to every command", () => {
  assert.equal(new Set(vectors.cases.map(({ name }) => name)).size, vectors.cases.length);
  const kinds = new Set(vectors.cases.map(({ command }) => command.kind));
  assert.equal(kinds.size, 24);
  for (const kind of kinds) {
    const answers = vectors.cases.filter(({ command }) => command.kind === kind);
    assert.ok(
      answers.some(({ events }) => events !== undefined && events.length > 0),
      `${kind}: a yes`,
    );
    assert.ok(ITS_OWN.includes(kind) || answers.some(({ refusal }) => refusal !== undefined), `${kind}: a no`);
  }
  for (const { name, refusal } of vectors.cases) assert.ok(refusal === undefined || refusal.code in ERRORS, name);
});
