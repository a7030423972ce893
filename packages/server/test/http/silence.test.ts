import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { openStand } from "./kit.ts";

test("a caller who does not take an answer is cut off, and what was to be sent to them is let go", async (t) => {
  const { port, book, app } = await openStand(t, { silenceMs: 200 });
  book.notes.set("large", "x".repeat(20_000_000));
  const ended = new Promise<void>((resolve) => {
    app.server.on("connection", (socket) => socket.on("close", () => resolve()));
  });
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.on("error", () => {});
  socket.pause();
  socket.write("GET /v1/notes/large HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\n\r\n");
  await ended;
  const connections = await new Promise<number>((resolve, reject) => {
    app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
  assert.equal(connections, 0);
});
