import { Type } from "../../schema/index.ts";
import type { Fqid } from "../../ids.ts";
import type { MemberState } from "../state.ts";
import { eventKind } from "./kind.ts";
import { counted } from "./member.ts";

export const POWER_LEVEL = "swp.room.power";

export const power = eventKind({
  type: POWER_LEVEL,
  content: Type.Object({
    participant: Type.Unsafe<Fqid>(Type.String()),
    power_level: Type.Integer({ minimum: 0, maximum: 100 }),
    cause_event_id: Type.Optional(Type.String()),
  }),
  subject: (content) => content.participant,
  apply: (room, before, content, event) => {
    if (before === undefined) return { room };
    const after: MemberState = { ...before, powerLevel: content.power_level, position: event.position };
    return { room: counted(room, before, after), member: after };
  },
});
