import { test } from "node:test";
import { playScript, TestServer } from "@stairwell/testing";

/** Plays a conversation on a server of its own. */
export function script(name: string, text: string): void {
  test(name, async (t) => playScript(t, await TestServer.start(t), text));
}
