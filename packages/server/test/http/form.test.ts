import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { StairwellError } from "@stairwell/protocol";
import { Staging } from "../../src/blobs/index.ts";
import { readForm } from "../../src/http/form.ts";
import { tempFolder } from "../support/store.ts";

test("a form whose sender was gone before it is read is refused, and nobody waits for it", async (t) => {
  const staging = await Staging.open(tempFolder(t));
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const headers = { "content-type": "multipart/form-data; boundary=x", "content-length": 100 };
  const sending = request({ port, host: "127.0.0.1", method: "POST", headers });
  sending.on("error", () => {});
  sending.write("--x\r\n");
  const [incoming] = (await once(server, "request")) as [IncomingMessage];
  const gone = new Promise((resolve) => incoming.once("close", resolve));
  sending.destroy();
  await gone;
  await assert.rejects(
    readForm(incoming, staging, { most: 10, isPassing: false, monotonic: () => 0 }),
    ({ code }: StairwellError) => code === "SW_REQUEST_INVALID",
  );
});
