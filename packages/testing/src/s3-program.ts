/**
 * An S3-compatible store as a process of its own, for tests: `node s3-program.ts FOLDER BUCKET`. Prints its port, and ends
 * when its standard input does.
 */
import S3rver from "s3rver";

const [directory, bucket] = process.argv.slice(2);
if (directory === undefined || bucket === undefined) throw new Error("a folder and a bucket are needed");

const server = new S3rver({
  address: "127.0.0.1",
  port: 0,
  silent: true,
  directory,
  configureBuckets: [{ name: bucket }],
});
console.log((await server.run()).port);
process.stdin.once("end", () => process.exit()).resume();
