/**
 * An S3-compatible store as a process of its own, for tests: `node s3-program.ts FOLDER BUCKET {accessKey, secretKey,
 * region}`. It checks signatures, as the store behind it does not. Prints its port, and ends when its standard input does.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import S3rver from "s3rver";
import { type S3Keys, signatureFault } from "./s3-signature.ts";

const [directory, bucket, text] = process.argv.slice(2);
if (directory === undefined || bucket === undefined || text === undefined) throw new Error("arguments are missing");
const keys = JSON.parse(text) as S3Keys;

const store = new S3rver({ silent: true, directory, configureBuckets: [{ name: bucket }] });
await store.configureBuckets();
const answer = store.callback();
const server = createServer((request, response) => {
  const fault = signatureFault(request, keys, new Date());
  if (fault === undefined) return answer(request, response);
  request.resume();
  response.writeHead(403, { "content-type": "application/xml" }).end(`<Error><Code>${fault}</Code></Error>`);
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
process.stdin.once("end", () => process.exit()).resume();
