import { run } from "./index.ts";
import { followReaders } from "./readers.ts";

// What a command puts into a data folder is nobody else's to read.
process.umask(0o077);
const args = process.argv.slice(2);
followReaders(args);
process.exitCode = await run(args);
