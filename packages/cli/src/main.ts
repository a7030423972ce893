import { run } from "./index.ts";

// What a command puts into a data folder is nobody else's to read.
process.umask(0o077);
process.exitCode = await run(process.argv.slice(2));
