/** The store, its media and its secret as a folder of files, and back again. */
export { backup, type BackupMade, type BackupOptions } from "./backup.ts";
export { BackupError } from "./backup-error.ts";
export type { BackupStep } from "./step.ts";
export { restore, type Restored } from "./restore.ts";
