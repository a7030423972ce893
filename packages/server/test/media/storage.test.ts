import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { assertOk, assertRefused, TestServer } from "@stairwell/testing";
import { download, files, png, sha256, until, upload, uploaded } from "./kit.ts";

test("AP1 a file of the very limit is taken, and one byte more is not", async (t) => {
  const server = await TestServer.start(t, { media: { maxBytes: 100_000, keepUnusedSeconds: 3600 } });
  const [alice] = await server.people("alice");
  assert.equal((await upload(alice, Buffer.alloc(100_000, 1))).status, 201);
  const answer = await upload(alice, Buffer.alloc(100_001, 2));
  assertRefused(answer, 413, "SW_CONTENT_TOO_LARGE");
  assert.deepEqual(answer.error.details, { max_bytes: 100_000 });
  assert.match(answer.error.message, /larger than 100000 bytes/);
  const { blobs, staged } = await files(server);
  assert.deepEqual([blobs.length, staged.length], [1, 0]);
});

test("AP1 what is announced as too large, or without room, is refused before a byte of it is sent", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const refusal = async (length: number): Promise<string> => {
    const { port } = new URL(server.url);
    return new Promise((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () =>
        socket.write(
          `POST /v1/media/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${alice.credential}\r\n` +
            `Content-Length: ${length}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n`,
        ),
      );
      socket.once("data", (bytes) => {
        resolve(bytes.toString());
        socket.destroy();
      });
    });
  };
  assert.match(await refusal(200_000_000), /^HTTP\/1.1 413 [^]*SW_CONTENT_TOO_LARGE/);
  await server.setLimits({ max_storage_bytes: 1_000_000 });
  assert.match(await refusal(2_000_000), /^HTTP\/1.1 409 [^]*SW_TENANT_CAPACITY/);
});

test("the tenant's storage bounds all its files together, each content counted once", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  await server.setLimits({ max_storage_bytes: 2500 });
  await uploaded(alice, Buffer.alloc(1000, 1));
  await uploaded(bob, Buffer.alloc(1000, 2));
  const refused = await upload(bob, Buffer.alloc(501, 3));
  assertRefused(refused, 409, "SW_TENANT_CAPACITY");
  assert.deepEqual(refused.error.details, { max_storage_bytes: 2500 });
  await uploaded(bob, Buffer.alloc(1000, 1));
  await uploaded(bob, Buffer.alloc(500, 3));
  assertOk(await upload(await server.person("eve", "other").signIn(), Buffer.alloc(3000, 4)));
  await until(async () => (await files(server)).blobs.length === 4);
  assert.deepEqual((await files(server)).staged, []);
});

test("uploads that are cut off leave nothing", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const { port } = new URL(server.url);
  for (let i = 0; i < 10; i++) {
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      `POST /v1/media/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${alice.credential}\r\n` +
        `Content-Length: 50000\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n` +
        `Content-Disposition: form-data; name="file"; filename="x"\r\n\r\n${"half of it ".repeat((i + 1) * 100)}`,
    );
    await until(async () => (await files(server)).staged.length > 0);
    socket.destroy();
    await until(async () => (await files(server)).staged.length === 0);
  }
  assert.deepEqual(await files(server), { blobs: [], staged: [] });
  assert.deepEqual(await server.db.all("SELECT * FROM media"), []);
});

/** A PNG whose header tells of a huge picture, with next to no data. */
async function bomb(): Promise<Buffer> {
  const bytes = Buffer.from(await png(4, 4));
  bytes.writeUInt32BE(60_000, 16);
  bytes.writeUInt32BE(60_000, 20);
  return bytes;
}

test("pictures that are bombs, lies or ruins are files like any other, without a thumbnail", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const whole = await png(500, 400);
  const hostile: [what: string, bytes: Buffer][] = [
    ["a bomb", await bomb()],
    ["a line of 200,000 pixels", await png(200_000, 1)],
    ["a header alone", whole.subarray(0, 33)],
    ["a GIF of 65535 by 65535", Buffer.from("GIF89a\xff\xff\xff\xff\x00\x00\x00;", "latin1")],
    ["a JPEG of noise", Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(5000, 7)])],
  ];
  for (const [what, bytes] of hostile) {
    const medium = await uploaded(alice, bytes, { name: "x.png" });
    assert.equal(medium.thumbnail_id, null, what);
    assert.deepEqual((await download(alice, `/v1/media/download/${medium.media_id}`)).bytes, bytes, what);
  }
  const medium = await uploaded(alice, whole);
  assert.notEqual(medium.thumbnail_id, null, "whoever comes after them gets a thumbnail");
});

test("a large file is taken and given in little memory", async (t) => {
  const size = process.env["STAIRWELL_TEST_LONG"] === "1" ? 200_000_000 : 20_000_000;
  const server = await TestServer.start(t, { media: { maxBytes: size, keepUnusedSeconds: 3600 } });
  const [alice] = await server.people("alice");
  const piece = Buffer.alloc(100_000, 5);
  const before = process.memoryUsage.rss();
  let most = 0;
  const note = () => (most = Math.max(most, process.memoryUsage.rss() - before));
  const id = await new Promise<string>((resolve, reject) => {
    const asking = request(`${server.url}/v1/media/upload`, {
      method: "POST",
      headers: { authorization: `Bearer ${alice.credential}`, "content-type": "multipart/form-data; boundary=b" },
    });
    asking.on("error", reject);
    asking.on("response", (response) => {
      let text = "";
      response.on("data", (bytes: Buffer) => (text += bytes.toString()));
      response.on("end", () => resolve((JSON.parse(text) as { data: { media_id: string } }).data.media_id));
    });
    asking.write('--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n');
    let sent = 0;
    const more = (): void => {
      note();
      while (sent < size) {
        sent += piece.length;
        if (!asking.write(piece)) return void asking.once("drain", more);
      }
      asking.end("\r\n--b--\r\n");
    };
    more();
  });
  const got = await new Promise<number>((resolve, reject) => {
    let count = 0;
    const headers = { authorization: `Bearer ${alice.credential}` };
    const asking = request(`${server.url}/v1/media/download/${id}`, { headers }, (response) => {
      response.on("data", (bytes: Buffer) => {
        count += bytes.length;
        note();
      });
      response.on("end", () => resolve(count));
    });
    asking.on("error", reject);
    asking.end();
  });
  const info = assertOk(await alice.get(`/v1/media/${id}/info`)).data;
  assert.deepEqual([got, info.size], [size, size]);
  if (size < 50_000_000) assert.equal(info.sha256, sha256(Buffer.alloc(size, 5)));
  t.diagnostic(`${size / 1e6} MB up and down: at most ${(most / 1e6).toFixed(0)} MB more`);
  // Both ends and the buffers of their sockets are in this one process.
  assert(most < 150_000_000, `${most} bytes`);
});
