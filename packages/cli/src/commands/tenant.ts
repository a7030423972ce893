import type { Command } from "commander";
import type { Acting } from "../command.ts";
import { defineTenantCreate } from "./tenant-create.ts";
import { defineTenantInviteAdmin } from "./tenant-invite-admin.ts";
import { defineTenantKey } from "./tenant-key.ts";
import { defineTenantLimits } from "./tenant-limits.ts";
import { defineTenantList } from "./tenant-list.ts";
import { defineTenantSuspend } from "./tenant-suspend.ts";
import { defineTenantUnsuspend } from "./tenant-unsuspend.ts";

export function define(command: Command, acting: Acting): void {
  defineTenantCreate(command, acting);
  defineTenantInviteAdmin(command, acting);
  defineTenantList(command, acting);
  defineTenantLimits(command, acting);
  defineTenantKey(command, acting);
  defineTenantSuspend(command, acting);
  defineTenantUnsuspend(command, acting);
}
