import { Type } from "../schema/index.ts";
import { route } from "./route.ts";
import { Nullable, ParticipantTypes, RoomStates, RoomTypes, strict, Timestamp } from "./shapes.ts";
import type { TSchema } from "typebox";

const tag = "admin";
const Count = Type.Integer({ minimum: 0 });
const Bound = Nullable(Type.Integer({ minimum: 0 }));

const Rate = Nullable(
  Type.Object({ per_second: Type.Integer({ minimum: 1 }), burst: Type.Integer({ minimum: 1 }) }, strict),
);

/** What bounds a tenant; null means no bound (spec/model.md, "Tenant limits"). */
export const TenantLimits = Type.Object({
  max_participants: Bound,
  max_rooms: Bound,
  max_accounts: Bound,
  max_storage_bytes: Bound,
  send_rate: Rate,
  open_invites: Bound,
  edit_window_seconds: Bound,
});

/** Some of the limits; those that are not named stay. */
export const SomeLimits = Type.Object(
  {
    max_participants: Type.Optional(Bound),
    max_rooms: Type.Optional(Bound),
    max_accounts: Type.Optional(Bound),
    max_storage_bytes: Type.Optional(Bound),
    send_rate: Type.Optional(Rate),
    open_invites: Type.Optional(Bound),
    edit_window_seconds: Type.Optional(Bound),
  },
  strict,
);

export const getTenantLimits = route({
  operationId: "getTenantLimits",
  method: "GET",
  path: "/v1/admin/limits",
  tag,
  summary: "What bounds the tenant; the operator sets it",
  access: "admin",
  statuses: [200],
  data: TenantLimits,
  errors: [],
});

const countsBy = <Schema extends TSchema>(words: readonly string[], schema: Schema) =>
  Type.Object(Object.fromEntries(words.map((word) => [word, schema])));

export const TenantStats = Type.Object({
  at: Timestamp,
  participants: countsBy(ParticipantTypes, Type.Object({ active: Count, deactivated: Count })),
  rooms: countsBy(RoomTypes, countsBy(RoomStates, Count)),
  events: Type.Object(
    { last_24_hours: Count, last_7_days: Count },
    { description: "Appended to the tenant's rooms, messages and all others; to within those of one transaction." },
  ),
  storage: Type.Object(
    { media_bytes: Count },
    { description: "Each content once, thumbnails too: what `max_storage_bytes` bounds." },
  ),
  streams: Type.Integer({ minimum: 0, description: "Open on this node." }),
});

export const getTenantStats = route({
  operationId: "getTenantStats",
  method: "GET",
  path: "/v1/admin/stats",
  tag,
  summary: "The tenant in numbers",
  access: "admin",
  statuses: [200],
  data: TenantStats,
  errors: [],
});
