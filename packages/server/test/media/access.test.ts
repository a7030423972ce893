import assert from "node:assert/strict";
import { test } from "node:test";
import { verify } from "@stairwell/server/testing";
import { assertOk, assertRefused, type Person, StreamClient, TestServer } from "@stairwell/testing";
import { download, files, send, upload, uploaded } from "./kit.ts";

const status = async (who: Person, mediaId: string) => (await download(who, `/v1/media/download/${mediaId}`)).status;

test("VS4 MB10 a former member reads the media of their time, and none that came later", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const before = await uploaded(alice, "before");
  const after = await uploaded(alice, "after");
  await send(alice, room, before.media_id);
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  await send(alice, room, after.media_id);
  assert.deepEqual([await status(bob, before.media_id), await status(bob, after.media_id)], [200, 404]);
  const seen = assertOk(await bob.get(`/v1/rooms/${room}/files`)).data;
  assert.deepEqual(
    seen.map(({ media }: { media: { media_id: string } }) => media.media_id),
    [before.media_id],
  );
  await send(alice, room, before.media_id);
  assert.equal(await status(bob, before.media_id), 200);
});

test("VS4 AP1 whoever cannot read a medium cannot name it: not in a message, nor in an edit", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const other = await alice.roomWith([]);
  const { media_id } = await uploaded(alice, "alice's own");
  const mine = await bob.say(room, "mine");
  const content = { media_id };
  assertRefused(await bob.post(`/v1/rooms/${room}/send`, { content }), 404, "SW_MEDIA_NOT_FOUND");
  assertRefused(await bob.post(`/v1/rooms/${room}/events/${mine.id}/edit`, { content }), 404, "SW_MEDIA_NOT_FOUND");
  assertRefused(await bob.post(`/v1/rooms/${other}/send`, { content }), 404, "SW_ROOM_NOT_FOUND");
  assertRefused(
    await bob.post(`/v1/rooms/${room}/send`, { content: { media_id: { sha256: "x" } } }),
    400,
    "SW_REQUEST_INVALID",
  );
  await send(alice, room, media_id);
  // Now bob can read it, and pass it on.
  assert.equal((await send(bob, room, media_id)).content.media_id, media_id);
  assert.deepEqual((await verify(server.db)).findings, []);
});

test("VS4 the same content in two tenants tells neither of the other", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const eve = await server.person("eve", "other").signIn();
  const hers = await uploaded(eve, "the same bytes");
  const mine = await upload(alice, "the same bytes");
  assert.equal(mine.status, 201);
  assert.deepEqual([await status(alice, hers.media_id), await status(eve, mine.data.media_id)], [404, 404]);
  assert.equal((await files(server)).blobs.length, 2);
  const room = await alice.roomWith([]);
  const named = await alice.post(`/v1/rooms/${room}/send`, { content: { media_id: hers.media_id } });
  assertRefused(named, 404, "SW_MEDIA_NOT_FOUND");
});

test("EV3 an edit may name another medium: all see the new one, and the first as what was said first", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const first = await uploaded(alice, "first", { name: "1.txt" });
  const second = await uploaded(alice, "second", { name: "2.txt" });
  const stream = await StreamClient.open(t, bob);
  const event = await send(alice, room, first.media_id, { body: "look" });
  assert.equal((await stream.find("swp.room.message")).content.media_id, first.media_id);
  const edit = { content: { media_id: second.media_id, body: "look again" } };
  const edited = assertOk(await alice.post(`/v1/rooms/${room}/events/${event.id}/edit`, edit)).data;
  assert.equal((await stream.find("swp.room.edit")).content.content.media_id, second.media_id);
  for (const shown of [edited, (await bob.history(room)).at(-1)]) {
    assert.deepEqual([shown.content.media_id, shown.original_content.media_id], [second.media_id, first.media_id]);
  }
  // The caption alone: the same file, listed once.
  const caption = { content: { media_id: second.media_id, body: "a caption" } };
  assertOk(await alice.post(`/v1/rooms/${room}/events/${event.id}/edit`, caption));
  const listed = assertOk(await bob.get(`/v1/rooms/${room}/files`)).data;
  assert.deepEqual(
    listed.map((file: { media: { name: string }; event_id: string }) => [file.media.name, file.event_id]),
    [
      ["2.txt", event.id],
      ["1.txt", event.id],
    ],
  );
  assert.deepEqual((await verify(server.db)).findings, []);
});

test("AP7 files are listed newest first, page by page, and redacted ones are gone", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  await server.liftLimits();
  const room = await alice.roomWith([bob]);
  const sent: { id: string; name: string }[] = [];
  for (let i = 0; i < 7; i++) {
    const { media_id } = await uploaded(alice, `file ${i}`, { name: `${i}.txt` });
    sent.push({ id: (await send(alice, room, media_id)).id, name: `${i}.txt` });
    await alice.say(room, "between");
  }
  assertOk(await alice.post(`/v1/rooms/${room}/events/${sent[3]!.id}/redact`));
  const names: string[] = [];
  for (let cursor = ""; ;) {
    const page = assertOk(await bob.get(`/v1/rooms/${room}/files?limit=2${cursor}`));
    for (const file of page.data) {
      names.push(file.media.name);
      assert.deepEqual([file.sender_id, file.media.uploader_id], [alice.id, alice.id]);
    }
    if (page.meta.has_more !== true) break;
    cursor = `&cursor=${String(page.meta.next_cursor)}`;
  }
  assert.deepEqual(names, ["6.txt", "5.txt", "4.txt", "2.txt", "1.txt", "0.txt"]);
});
