import assert from "node:assert/strict";
import { test } from "node:test";
import { playScript, TestServer } from "@stairwell/testing";

/** Plays a conversation on a server of its own. */
function script(name: string, text: string): void {
  test(name, async (t) => playScript(t, await TestServer.start(t), text));
}

script(
  "ST1 ST2 every member hears what is said, the speaker too, and nobody else does",
  `alice opens public Lobby with bob
   alice connects
   bob connects
   carol connects
   dora@home opens nothing # a remark is no act`.replace(/\n.*dora.*/, "") +
    `
   alice says "hello" in Lobby
   alice, bob receives message "hello" from alice in Lobby
   carol receives nothing
   bob says "hi" in Lobby
   alice, bob receives message "hi" from bob in Lobby`,
);
