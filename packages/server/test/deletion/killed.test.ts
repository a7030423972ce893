import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, ChildServer, rounds } from "@stairwell/testing";
import { filesWithAny, spellingsOf, withinAMinute } from "../support/bytes.ts";
import { sayEverything } from "./said.ts";

test("DEL3 a server that is killed right after the answer has deleted it all soon after its next start", async (t) => {
  for (let round = 0; round < rounds(20); round++) {
    const server = await ChildServer.start(t);
    const people = await server.people("alice", "bob", "carol");
    const [alice] = people;
    const open = await sayEverything(people, {}, 3000);
    const incognito = await sayEverything(people, { room_type: "incognito" });
    const store = await server.openReader();
    const key = (await store.get<{ key: Uint8Array }>("SELECT key FROM room_keys"))!.key;
    await store.close();
    const gone = [open.words.body, open.words.edited, open.words.emoji, ...spellingsOf(key)];
    assert(filesWithAny(server.data, gone).size >= 4);

    assertOk(await alice.post(`/v1/rooms/${open.room}/events/${open.message}/redact`));
    assertOk(await alice.post(`/v1/rooms/${incognito.room}/close`));
    const { signal } = await server.kill("SIGKILL");
    assert.equal(signal, "SIGKILL");
    assert(filesWithAny(server.data, gone).size > 0, "it was killed too late to show anything");
    await server.startAgain();
    await withinAMinute(() => filesWithAny(server.data, gone).size === 0, "still found");
    // It is the deletion that holds, and not the loss of all.
    const again = server.person("bob");
    await again.signIn();
    assert(JSON.stringify(await again.history(open.room)).includes(open.words.custom));
    await server.kill("SIGKILL");
  }
});
