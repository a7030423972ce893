/**
 * An S3-compatible store as a process of its own, for tests: `node s3-program.ts FOLDER BUCKET {accessKey, secretKey,
 * region}`. It checks signatures, as the store behind it does not. Prints its port, and ends when its standard input does.
 */
import { createServer, type ServerResponse } from "node:http";
import { flushCompileCache } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import S3rver from "s3rver";
import { OBJECT } from "./s3-server.ts";
import { type S3Keys, signatureFault } from "./s3-signature.ts";

const [directory, bucket, text] = process.argv.slice(2);
if (directory === undefined || bucket === undefined || text === undefined) throw new Error("arguments are missing");
const keys = JSON.parse(text) as S3Keys;

const store = new S3rver({ silent: true, directory, configureBuckets: [{ name: bucket }] });
await store.configureBuckets();
const answer = store.callback();
const puts = new Map<string, ServerResponse>();
const server = createServer((request, response) => {
  const fault = signatureFault(request, keys, new Date());
  if (fault === undefined) {
    const { pathname } = new URL(request.url!, "http://s3");
    const path = join(directory, decodeURIComponent(pathname)) + OBJECT;
    if (request.method === "PUT") puts.set(path, response);
    response.once("close", () => puts.get(path) === response && puts.delete(path));
    return answer(request, response);
  }
  request.resume();
  response.writeHead(403, { "content-type": "application/xml" }).end(`<Error><Code>${fault}</Code></Error>`);
});
server.listen(0, "127.0.0.1", () => {
  console.log((server.address() as AddressInfo).port);
  // Whoever kills it keeps it from leaving what it has compiled to those who are started next.
  flushCompileCache();
});
// It takes an empty folder away when something is removed, also from under an object that is being put there, and would end.
process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
  const put = error.code === "ENOENT" ? puts.get(error.path ?? "") : undefined;
  if (put === undefined) {
    console.error(error);
    process.exit(1);
  }
  put.destroy();
});
process.stdin.once("end", () => process.exit()).resume();
