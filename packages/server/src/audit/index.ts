/** The audit: who did what to whom, in each tenant, without any content. Moderation is read off the log. */
export { type AuditFilter, listRecords, listRecordsOfLog } from "./audit.store.ts";
export { type AuditEntry, type AuditRecord, OPERATOR } from "./entry.ts";
export { type LoggedAct, moderationIn } from "./moderation.ts";
export { type AuthorOf, projectAudit } from "./project.ts";
export { record } from "./record.ts";
