import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { assertOk, assertRefused, type Person, TestClock, TestServer } from "@stairwell/testing";
import { files, until, upload, uploaded } from "./kit.ts";

/** The first half of a form, and a connection on which its other half may come. */
function begin(who: Person, path = "/v1/media/upload"): Socket {
  const socket = connect(Number(new URL(who.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${who.credential}\r\n` +
      "Content-Length: 50000\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n" +
      'Content-Disposition: form-data; name="file"; filename="x"\r\n\r\nthe first half',
  );
  return socket;
}

const staged = async (server: TestServer, count: number): Promise<void> =>
  until(async () => (await files(server)).staged.length === count);

test("one person uploads so many files at one time, and another one their own; what ends makes place", async (t) => {
  const server = await TestServer.start(t, {
    media: { maxBytes: 1_000_000, maxUploads: 2, keepUnusedSeconds: 3600 },
  });
  const [alice, bob] = await server.people("alice", "bob");
  const first = begin(alice);
  const second = begin(alice);
  await staged(server, 2);
  const refused = await upload(alice, "a third");
  assertRefused(refused, 429, "SW_RATE_LIMIT_EXCEEDED");
  assert.deepEqual(refused.error.details, { max_uploads: 2 });
  assert(Number(refused.headers.get("retry-after")) > 0);
  // The 429 comes before anything is said of what is sent (AP1).
  assertRefused(await upload(alice, Buffer.alloc(2_000_000)), 429, "SW_RATE_LIMIT_EXCEEDED");
  await uploaded(bob, "of somebody else");
  first.destroy();
  await staged(server, 1);
  for (let i = 0; i < 3; i++) assertOk(await upload(alice, `one after the other ${i}`));
  second.destroy();
});

test("of many who upload at once all get through who come again, and nothing is left of those that were refused", async (t) => {
  const server = await TestServer.start(t, {
    media: { maxBytes: 1_000_000, maxUploads: 3, keepUnusedSeconds: 3600 },
  });
  const [alice] = await server.people("alice");
  const statuses = new Set<number>();
  await Promise.all(
    Array.from({ length: 12 }, async (_, i) => {
      for (let status = 0; status !== 201;) {
        ({ status } = await upload(alice, `${i} `.repeat(1000)));
        statuses.add(status);
      }
    }),
  );
  assert([...statuses].every((status) => status === 201 || status === 429));
  assert.equal((await files(server)).blobs.length, 12);
  await staged(server, 0);
});

for (const path of ["/v1/media/upload", "/v1/rooms/import"]) {
  test(`BU16 who sends next to nothing in a minute to ${path} is cut off, and leaves a place and no file`, async (t) => {
    const clock = new TestClock();
    const server = await TestServer.start(t, {
      clock,
      media: { maxBytes: 1_000_000, maxUploads: 1, keepUnusedSeconds: 3600 },
    });
    const [alice] = await server.people("alice");
    const slow = begin(alice, path);
    await staged(server, 1);
    clock.advance(61_000);
    const [said] = (await once(slow, "data")) as [Buffer];
    slow.destroy();
    await staged(server, 0);
    assert.match(said.toString(), /^HTTP\/1\.1 400 [^]*sent less than 65536 bytes in 60 seconds/);
    assertOk(await upload(alice, "and goes on"));
  });
}
