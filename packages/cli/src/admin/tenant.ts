import { type Command, Option } from "commander";
import { admin, type AuditAction, AuditActions, type DataOf } from "@stairwell/protocol/api";
import { type Acting, withExamples } from "../command.ts";
import { grouped, sizeText } from "../figures.ts";
import { fields, table } from "../output.ts";
import { addCallerOptions, type CallerOptions } from "../server-options.ts";
import { addLimit, asAdmin, firstOf, givenIn, type ListOptions } from "./as-admin.ts";

interface Filters extends ListOptions {
  action?: AuditAction;
  actor?: string;
  target?: string;
  room?: string;
}

export function defineTenant(parent: Command, acting: Acting): void {
  const stats = parent.command("stats").description("Show the tenant in numbers.");
  addCallerOptions(stats);
  withExamples(stats, "stairwell admin stats");
  stats.action(
    acting(async ({ output }, options: CallerOptions) => {
      const { data } = await asAdmin(options, (client) => client.request(admin.getTenantStats));
      output.data(data, () => statsFields(data));
    }),
  );

  const limits = parent.command("limits").description("Show what bounds the tenant; the operator sets it.");
  addCallerOptions(limits);
  withExamples(limits, "stairwell admin limits --json");
  limits.action(
    acting(async ({ output }, options: CallerOptions) => {
      const { data } = await asAdmin(options, (client) => client.request(admin.getTenantLimits));
      const lines = Object.entries(data).map(
        ([limit, value]) => [limit.replaceAll("_", " "), boundText(value)] as const,
      );
      output.data(data, () => fields(Object.fromEntries(lines)));
    }),
  );

  const audit = parent
    .command("audit")
    .description("Show who did what to whom in the tenant, the newest first.")
    .addOption(new Option("--action <action>", "only this").choices(AuditActions))
    .option("--actor <participant-id>", "only by them, or by operator")
    .option("--target <participant-id>", "only to them")
    .option("--room <id>", "only in this room");
  addCallerOptions(addLimit(audit));
  withExamples(audit, "stairwell admin audit --action member.ban");
  audit.action(
    acting(async ({ output }, options: Filters) => {
      const { action, actor, target, room, limit } = options;
      const query = givenIn({ action, actor, target, room_id: room });
      const found = await asAdmin(options, (client) => firstOf(client.rows(admin.listAudit, { query }), limit));
      const rows = found.map((act) => [
        act.at,
        act.action,
        act.actor_fqid ?? act.actor,
        act.target_fqid ?? "-",
        act.room_id ?? "-",
      ]);
      output.data(found, () => table(["TIME", "ACTION", "BY", "TO", "ROOM"], rows));
    }),
  );
}

function statsFields({ participants, rooms, events, storage, streams }: DataOf<typeof admin.getTenantStats>): string[] {
  const people = Object.entries(participants).map(([type, { active, deactivated }]) => [
    type,
    `${grouped(active)} active, ${grouped(deactivated)} deactivated`,
  ]);
  const byType = Object.entries(rooms).map(([type, states]) => [
    `${type} rooms`,
    Object.entries(states)
      .map(([state, count]) => `${grouped(count)} ${state}`)
      .join(", "),
  ]);
  return fields({
    ...Object.fromEntries([...people, ...byType]),
    events: `${grouped(events.last_24_hours)} in the last day, ${grouped(events.last_7_days)} in the last week`,
    media: sizeText(storage.media_bytes),
    streams: grouped(streams),
  });
}

function boundText(value: number | { per_second: number; burst: number } | null): string {
  if (value === null) return "none";
  return typeof value === "number" ? grouped(value) : `${value.per_second}:${value.burst}`;
}
