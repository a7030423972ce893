/**
 * Loaded before the files of tests. To find the test that an uncaught error belongs to, node:test follows every promise of
 * its process by hooks, which take a third of the time of our tests. Here it is given none: such an error ends the
 * process, and with it its files have failed, after its stack was told.
 */
import asyncHooks from "node:async_hooks";

const { createHook } = asyncHooks;
const idle: ReturnType<typeof createHook> = { enable: () => idle, disable: () => idle };

asyncHooks.createHook = () => idle;
await import("node:test");
asyncHooks.createHook = createHook;

for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    console.error(`${event}, which ends this process:`, error);
    process.exit(1);
  });
}
