import assert from "node:assert/strict";
import { test } from "node:test";
import { isMuted, notifies, type NotificationReason } from "./notify.ts";

const NOW = 1_000_000;
const REASONS: readonly NotificationReason[] = ["message", "mention", "invite"];

test("RD4 a mode says which reasons are told, and inherit says what the default says", () => {
  const told = { all: [true, true, true], mentions: [false, true, true], none: [false, false, false] } as const;
  for (const mode of ["all", "mentions", "none"] as const) {
    for (const other of ["all", "mentions", "none"] as const) {
      for (const [i, reason] of REASONS.entries()) {
        assert.equal(notifies({ mode, mutedUntil: null }, other, reason, NOW), told[mode][i], `${mode} ${reason}`);
        const inherited = notifies({ mode: "inherit", mutedUntil: null }, mode, reason, NOW);
        assert.equal(inherited, told[mode][i], `inherit ${mode} ${reason}`);
      }
    }
  }
});

test("RD3 a mute silences every reason until the instant of its end", () => {
  for (const reason of REASONS) {
    for (const [mutedUntil, isTold] of [
      [NOW + 1, false],
      [NOW, true],
      [NOW - 1, true],
      [null, true],
    ] as const) {
      assert.equal(notifies({ mode: "all", mutedUntil }, "none", reason, NOW), isTold, `${mutedUntil}`);
      assert.equal(isMuted(mutedUntil, NOW), !isTold);
    }
  }
});
