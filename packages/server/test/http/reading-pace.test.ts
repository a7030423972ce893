import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { PassThrough } from "node:stream";
import { test, type TestContext } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { TestClock, TestServer } from "@stairwell/testing";
import { ReadingPace } from "../../src/http/reading-pace.ts";
import { uploaded } from "../media/kit.ts";
import { until } from "../nodes/until.ts";

type Pace = Pick<ReadingPace, "begin">;

/** Answers each request with what comes out of a source that tests fill, unless told otherwise, under a clock that they move. */
async function serving(
  t: TestContext,
  answer?: (request: IncomingMessage, response: ServerResponse, pace: Pace) => void,
) {
  const clock = new TestClock();
  const source = new PassThrough();
  let looks = 0;
  const pace = new ReadingPace(() => (looks++, clock.monotonic()));
  const cuts: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (answer !== undefined) return answer(request, response, pace);
    pace.begin(response, () => cuts.push(response));
    source.pipe(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    pace.stop();
    source.destroy();
    server.closeAllConnections();
    server.close();
  });
  /** Lets a minute go by in which the server looks around. */
  const minute = async (): Promise<void> => {
    const before = looks;
    clock.advance(61_000);
    await until(() => looks > before);
  };
  return { port: (server.address() as AddressInfo).port, source, cuts, minute };
}

test("BU5 whoever takes less than 64 KiB in a minute is cut off, though they take some", async (t) => {
  const { port, source, cuts, minute } = await serving(t);
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  t.after(() => socket.destroy());
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  // More than sockets hold.
  source.write(Buffer.alloc(30_000_000));
  for (let minutes = 0; minutes < 10 && cuts.length === 0; minutes++) {
    socket.read(1);
    await minute();
  }
  assert.equal(cuts.length, 1);
  await until(() => cuts[0]!.destroyed);
});

test("BU5 who waits for a slow store is not cut off, however long", async (t) => {
  const { port, source, cuts, minute } = await serving(t);
  const asked = get({ port, host: "127.0.0.1" });
  source.write("first");
  const [answer] = await once(asked, "response");
  let got = -"first".length;
  answer.on("data", (chunk: Buffer) => (got += chunk.length));
  for (let minutes = 1; minutes <= 3; minutes++) {
    source.write("a little");
    await until(() => got === minutes * "a little".length);
    await minute();
  }
  source.end();
  await once(answer, "end");
  assert.deepEqual(cuts, []);
});

test("BU5 who has asked for something else before it on their connection is cut off alike", async (t) => {
  const first = Promise.withResolvers<ServerResponse>();
  const cuts: (string | undefined)[] = [];
  const { port, minute } = await serving(t, ({ url }, response, pace) => {
    if (url === "/first") return first.resolve(response);
    pace.begin(response, () => cuts.push(url));
    response.write(Buffer.alloc(30_000_000));
  });
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  t.after(() => socket.destroy());
  socket.pause();
  socket.write("GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n");
  const waited = await first.promise;
  // What is not sent yet waits for nobody's reading.
  for (let minutes = 0; minutes < 2; minutes++) await minute();
  assert.deepEqual(cuts, []);
  waited.end("first");
  for (let minutes = 0; minutes < 10 && cuts.length === 0; minutes++) await minute();
  assert.deepEqual(cuts, ["/second"]);
});

test("BU5 nothing is kept of who had gone before the first byte", async (t) => {
  const gone = Promise.withResolvers<WeakRef<ServerResponse>>();
  const { port, minute } = await serving(t, (_request, response, pace) => {
    response.once("close", () => {
      pace.begin(response, () => {});
      gone.resolve(new WeakRef(response));
    });
    socket.destroy();
  });
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const response = await gone.promise;
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  await minute();
  await until(() => {
    collect();
    return response.deref() === undefined;
  });
});

test("BU5 who takes next to nothing of a file in a minute is cut off, and it is let go of", async (t) => {
  const clock = new TestClock();
  const server = await TestServer.start(t, { clock });
  const [alice] = await server.people("alice");
  const { media_id } = await uploaded(alice, Buffer.alloc(40_000_000, "x"));
  const slow = connect(Number(new URL(alice.url).port), "127.0.0.1").on("error", () => {});
  t.after(() => slow.destroy());
  slow.write(
    `GET /v1/media/download/${media_id} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${alice.credential}\r\n\r\n`,
  );
  await once(slow, "readable");
  assert(filesOpen(server) > 0);
  await until(() => {
    slow.read(1);
    clock.advance(1000);
    return filesOpen(server) === 0;
  });
});

/** Of people's files, how many this process has open. */
function filesOpen({ data }: TestServer): number {
  const paths = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return paths.filter((path) => path.startsWith(`${data}/blobs/`)).length;
}
