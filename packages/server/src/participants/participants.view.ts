import type { DataOf, directory, participants } from "@stairwell/protocol/api";
import type { Tenant } from "../tenants/index.ts";
import type { Participant, Seen } from "./participant.ts";

export type ParticipantSummary = DataOf<typeof directory.listParticipants>[number];
export type MeView = DataOf<typeof participants.getMe>;
export type PreferencesView = DataOf<typeof participants.getPreferences>;

/** Somebody, as others see them. */
export function summaryView(who: Seen): ParticipantSummary {
  return {
    id: who.participantId,
    local_id: who.localId,
    server_name: who.serverName,
    fqid: who.fqid,
    display_name: who.displayName,
    participant_type: who.participantType,
    avatar_url: who.avatarUrl,
  };
}

/** The caller, as they see themselves. */
export function meView(who: Participant, tenant: Tenant): MeView {
  if (who.personalWorkspaceId === null) throw new Error("a local participant without a personal workspace");
  return {
    participant_id: who.participantId,
    local_id: who.localId,
    fqid: who.fqid,
    display_name: who.displayName,
    avatar_url: who.avatarUrl,
    participant_type: who.participantType,
    roles: [...who.roles],
    personal_workspace_id: who.personalWorkspaceId,
    tenant: { id: tenant.tenantId, slug: tenant.slug, name: tenant.name, server_name: tenant.serverName },
  };
}

export function preferencesView(who: Participant): PreferencesView {
  return { default_mode: who.defaultMode, locale: who.locale, timezone: who.timezone, auto_join: who.autoJoin };
}
