import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import Fastify from "fastify";
import { listen } from "./listen.ts";

test("a port that is taken, and an address that is not here, are told with what to do", async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  await assert.rejects(listen(Fastify(), { host: "127.0.0.1", port }), {
    message: `Cannot listen on 127.0.0.1:${port}: another program does already. Choose another address with --listen HOST:PORT.`,
  });
  await assert.rejects(listen(Fastify(), { host: "192.0.2.1", port: 0 }), /192\.0\.2\.1:0: this machine has no such/);
});
