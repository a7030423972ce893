/** How far which part of a backup or a restore has come, in bytes. */
export interface BackupStep {
  readonly what: "store" | "media";
  readonly done: number;
  readonly total: number;
}

export interface StepOptions {
  /** Ends it, by the signal's reason; what was made is taken away again. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: BackupStep) => void) | undefined;
}
