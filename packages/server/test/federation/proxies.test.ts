import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { promisify } from "node:util";

const OUTBOUND = new URL("../../src/lib/outbound.ts", import.meta.url).href;

test("FD21 no variable of the environment sends a request through a proxy: FOU-06", async (t) => {
  const seen: string[] = [];
  const start = async (answer: string): Promise<number> => {
    const server = createServer((request, response) => {
      seen.push(`${answer} ${request.url}`);
      response.end(answer);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  const [proxy, server] = [await start("proxy"), await start("server")];
  const script =
    `import { Outbound } from ${JSON.stringify(OUTBOUND)};` +
    `const place = { hostname: "127.0.0.1", port: ${server}, isSecure: false, mayBePrivate: true };` +
    `const asked = { method: "GET", target: "/x", headers: { host: "a" }, deadlineMs: 5000, mostBytes: 100 };` +
    `console.log((await new Outbound().ask(place, asked)).body.toString());`;
  const at = `http://127.0.0.1:${proxy}`;
  const env = {
    ...process.env,
    NODE_USE_ENV_PROXY: "1",
    HTTP_PROXY: at,
    http_proxy: at,
    HTTPS_PROXY: at,
    NO_PROXY: "",
  };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env });
  assert.equal(stdout, "server\n");
  assert.deepEqual(seen, ["server /x"]);
});
