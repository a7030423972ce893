import { StreamConnection } from "../../load/stream/connection.ts";
import { observe } from "../../measure/observe.ts";
import { quantile } from "../../measure/spread.ts";
import type { Sample } from "../../report/report.ts";
import { ask, type Two, until } from "./two-servers.ts";

/** Where an event's body says which send it was. */
const MARK = /"body":"paced ([0-9]+)"/;

/**
 * Says something at the hub so many times a second, in one room after the other, and hears it on a stream at the second
 * server: the time from the send to there, of each. Whatever came twice or not at all is a fault.
 */
export async function pacedDelivery(
  two: Two,
  rooms: readonly string[],
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Sample> {
  const { hub, replica } = two;
  const sent: number[] = [];
  const took = new Map<number, number>();
  const faults: string[] = [];
  let stream: StreamConnection | undefined;
  const opened = await StreamConnection.open(replica.address, replica.tokens[0]!, 0, {
    text(bytes, start, end) {
      const said = MARK.exec(bytes.toString("latin1", start, end));
      if (said === null) return;
      const number = Number(said[1]);
      if (took.has(number) || sent[number] === undefined) faults.push(`send ${number} came twice, or was never sent`);
      else took.set(number, performance.now() - sent[number]);
    },
    read: () => stream?.flush(),
    lost: (why) => faults.push(why),
  });
  stream = opened;
  const { surroundings } = await observe(hub, async () => {
    const started = performance.now();
    const count = Math.round(perSecond * seconds);
    const sending: Promise<unknown>[] = [];
    for (let number = 0; number < count; number++) {
      const due = started + (number * 1000) / perSecond - performance.now();
      if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
      const at = number % rooms.length;
      sent[number] = performance.now();
      const content = { body: `paced ${number}` };
      sending.push(ask(hub, hub.tokens[at]!, "POST", `/v1/rooms/${rooms[at]}/send`, { content }));
    }
    await Promise.all(sending);
    await until(() => Promise.resolve(took.size === count || faults.length > 0), 5);
    return { loadCpuSeconds: 0 };
  });
  stream.close();
  const sorted = Float64Array.from(took.values()).sort();
  return {
    figure: perSecond,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    cpuMicrosPerUnit: null,
    surroundings,
    faults,
  };
}
