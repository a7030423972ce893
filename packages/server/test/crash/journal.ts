import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import type { TestContext } from "node:test";
import { openSqliteReader, verify, type VerifyReport } from "@stairwell/server/testing";
import { type ChildServer, TestServer } from "@stairwell/testing";
import type { Attempt } from "./load.ts";

/**
 * What a server has after a crash, as its clients read it: every acknowledged event once, at its place and with its
 * content; beside them nothing but whole messages that were under way. Answers how many of those there are.
 */
export async function assertKept(
  server: ChildServer,
  rooms: readonly string[],
  attempts: readonly Attempt[],
): Promise<number> {
  const reader = await server.person("p0").signIn();
  let unanswered = 0;
  for (const room of rooms) {
    const history = await reader.history(room);
    assert.deepEqual(
      history.map((event) => event.stream_position),
      history.map((_, i) => i + 1),
    );
    const tried = new Map(
      attempts.filter((attempt) => attempt.room === room).map((attempt) => [attempt.text, attempt]),
    );
    const seen = new Set<string>();
    for (const event of history) {
      if (event.event_type !== "swp.room.message") continue;
      const text = event.content.body as string;
      assert(tried.has(text), `position ${event.stream_position} has a text that nobody sent: ${text.slice(0, 100)}`);
      assert(!seen.has(text), `${text.slice(0, 40)} stands twice`);
      seen.add(text);
      if (tried.get(text)!.acked === undefined) unanswered++;
    }
    for (const { acked, text } of tried.values()) {
      if (acked === undefined) continue;
      const event = history[acked.position - 1];
      assert(event !== undefined, `the acknowledged position ${acked.position} is gone`);
      assert.deepEqual([event.id, event.hash, event.content.body], [acked.id, acked.hash, text]);
    }
  }
  return unanswered;
}

/** The store itself is sound: its file, its logs, and its rows. */
export async function assertSoundFolder(folder: string): Promise<VerifyReport> {
  const store = openSqliteReader(folder);
  try {
    const report = await verify(store);
    assert.deepEqual(report.findings, []);
    return report;
  } finally {
    await store.close();
  }
}

/** A server starts on what a crash left, without help, works, and leaves nothing of the crash behind. */
export async function assertStarts(t: TestContext, folder: string, context: string): Promise<void> {
  const server = await TestServer.start(t, { data: folder });
  const [alice] = await server.people("alice");
  await alice.say(await alice.roomWith([]), context);
  await server.stop();
  // The draft of a secret may stay: nobody ever reads it.
  const files = readdirSync(folder).filter((file) => !file.startsWith("secret."));
  assert.deepEqual(files.toSorted(), ["lock", "secret", "staging", "stairwell.db"], context);
  await assertSoundFolder(folder);
}
