import type { Static, TSchema } from "typebox";
import { checkerOf } from "../lib/checker.ts";
import type { Bus } from "./port.ts";

/** One kind of message between nodes. */
export interface Channel<Message> {
  /** Tells every other node. */
  tell(message: Message): void;
  hear(listener: (message: Message) => void): void;
}

/**
 * Messages as JSON under a subject. What has another shape is passed over: a node of another version, or whoever else may
 * publish there, must not end this one.
 */
export function channelOf<S extends TSchema>(bus: Bus, subject: string, schema: S): Channel<Static<S>> {
  const checker = checkerOf(schema);
  return {
    tell(message) {
      if (bus.hasOthers && bus.isWell) bus.publish(subject, Buffer.from(JSON.stringify(message)));
    },
    hear(listener) {
      bus.subscribe(subject, (bytes) => {
        const message = parsed(bytes);
        if (checker.test(message)) listener(message as Static<S>);
      });
    },
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
}
