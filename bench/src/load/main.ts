/** The load process: does one order a message from its parent and sends back what came of it. */
import { runClosedLoop } from "./closed-loop.ts";
import type { Order } from "./orders.ts";
import { SeatedCrowd } from "./stream/crowd.ts";

const crowds: SeatedCrowd[] = [];

async function obey(order: Order): Promise<unknown> {
  switch (order.kind) {
    case "ask":
      return runClosedLoop(order.address, order.plan);
    case "seat":
      return crowds.push(await SeatedCrowd.seat(order.address, order.crowd)) - 1;
    case "run":
      return crowds[order.crowd]!.run(order.plan);
    case "leave":
      return crowds[order.crowd]!.leave();
  }
}

process.on("message", (order: Order) => {
  obey(order).then(
    (result) => process.send!({ result }),
    (error: Error) => process.send!({ error: error.message }),
  );
});
process.on("disconnect", () => process.exit(0));
