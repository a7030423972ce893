import { NatsBus } from "../bus/index.ts";
import { sentenceOf } from "../lib/sentence-of.ts";
import { type Check, ok, warning } from "./check.ts";

const PATIENCE_MS = 3000;

/** Whether NATS answers; servers work without it, each more by itself. */
export async function checkBus(options: { url: string; prefix: string }, patienceMs = PATIENCE_MS): Promise<Check> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let refusal = "";
  const bus = new NatsBus({
    ...options,
    onChange: (isWell) => isWell && resolve(true),
    onRefused: (cause) => (refusal = `: ${sentenceOf(cause)}`),
  });
  const timer = setTimeout(() => resolve(false), patienceMs);
  const isWell = await promise;
  clearTimeout(timer);
  await bus.close();
  if (isWell) return ok("bus", "NATS answers");
  return warning(
    "bus",
    `NATS did not answer in ${patienceMs / 1000} seconds${refusal}`,
    "Look at bus.url and its user and password. Until then events come up to a fifth of a second later to other servers' " +
      "people, and typing and presence do not.",
  );
}
