/** The load process: runs one plan a message from its parent and sends back the outcome. */
import { runClosedLoop } from "./closed-loop.ts";
import type { Address, Plan } from "./plan.ts";

process.on("message", ({ address, plan }: { address: Address; plan: Plan }) => {
  runClosedLoop(address, plan).then(
    (outcome) => process.send!({ outcome }),
    (error: Error) => process.send!({ error: error.message }),
  );
});
process.on("disconnect", () => process.exit(0));
