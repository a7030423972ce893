import type { Fault } from "@stairwell/protocol";
import { ClientFrames, EventFrame, ServerFrames } from "@stairwell/protocol/stream";
import { type Checker, checkerOf } from "@stairwell/server/testing";
import type { Frame } from "./stream-order.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
}

/**
 * Schemas of frames leave room for fields of later versions. Here there is none: what a server says and no schema tells
 * of is a fault.
 */
function closed(schema: Schema): Schema {
  const { properties, anyOf, items } = schema;
  return {
    ...schema,
    ...(anyOf && { anyOf: anyOf.map(closed) }),
    ...(items && { items: closed(items) }),
    ...(properties &&
      Object.keys(properties).length > 0 && {
        additionalProperties: false,
        properties: Object.fromEntries(Object.entries(properties).map(([key, property]) => [key, closed(property)])),
      }),
  };
}

function checkersOf(schemas: object): ReadonlyMap<string, Checker> {
  const entries = Object.entries(schemas as Record<string, Schema>);
  return new Map(entries.map(([type, schema]) => [type, checkerOf(closed(schema) as never)]));
}

const SERVER = checkersOf({ event: EventFrame, ...ServerFrames });
const CLIENT = checkersOf(ClientFrames);

/** What is wrong with a frame of the server, or of a client; undefined for one that its schema describes. */
export function frameFault(frame: Frame, by: "server" | "client" = "server"): string | undefined {
  const known = by === "server" ? SERVER : CLIENT;
  const checker = known.get(by === "server" && frame.type.includes(".") ? "event" : frame.type);
  if (checker === undefined) {
    return `no schema in protocol/src/stream describes a frame ${frame.type} of the ${by}`;
  }
  if (checker.test(frame)) return undefined;
  const faults: Fault[] = [];
  checker.explain(frame, "", faults);
  return `not as its schema says: ${JSON.stringify(faults)} in ${JSON.stringify(frame).slice(0, 500)}`;
}
