/** Moves a store, and is killed at one of its steps: `node move-and-die.ts FOLDER URL S3 WHAT NTH`; NTH `last` is the last. */
import { moveStore, type S3Options, systemClock } from "@stairwell/server/testing";

const [folder, url, s3, what, nth] = process.argv.slice(2) as [string, string, string, string, string];
let seen = 0;
await moveStore(folder, {
  url,
  s3: JSON.parse(s3) as S3Options,
  clock: systemClock,
  batch: 3,
  isUnsafe: true,
  onStep(step) {
    if (step.what !== what) return;
    seen++;
    if (nth === "last" ? step.done === step.total : seen === Number(nth)) process.kill(process.pid, "SIGKILL");
  },
});
