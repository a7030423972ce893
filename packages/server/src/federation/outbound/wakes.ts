import { Type } from "@stairwell/protocol/schema";
import { type Bus, type Channel, channelOf } from "../../bus/index.ts";

/** Why a node is woken: something is due, somebody waits for it, or the server was heard of and so is not away. */
export type Why = "due" | "urgent" | "heard";

/** What a node tells the one whose turn it is to tell another server what it is due. */
export interface Wake {
  readonly tenant: number;
  readonly server: string;
  readonly why: Why;
}

const Wake = Type.Object({
  tenant: Type.Integer(),
  server: Type.String(),
  why: Type.Union([Type.Literal("due"), Type.Literal("urgent"), Type.Literal("heard")]),
});

export function wakesOver(bus: Bus): Channel<Wake> {
  return channelOf(bus, "federation.due", Wake);
}
