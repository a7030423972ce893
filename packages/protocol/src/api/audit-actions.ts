/**
 * Everything that the audit tells of: moderation, which is read off the rooms' logs, and administration. The word
 * before the dot is what it happened to.
 */
export const AuditActions = [
  "member.kick",
  "member.revoke",
  "member.ban",
  "member.unban",
  "member.power",
  "event.redact",
  "room.archive",
  "room.close",
  "room.defederate",
  "room.federate",
  "room.restore",
  "room.visibility",
  "participant.create",
  "participant.update",
  "participant.deactivate",
  "participant.reactivate",
  "role.grant",
  "role.revoke",
  "token.mint",
  "token.revoke",
  "admin_link.create",
  "admin_link.redeem",
  "tenant.create",
  "tenant.update",
  "tenant.suspend",
  "tenant.unsuspend",
  "signing_key.rotate",
  "signing_key.revoke",
  "federation.conflict",
  "federation.invite",
  "federation.policy",
  "peer.trust",
] as const;
export type AuditAction = (typeof AuditActions)[number];
