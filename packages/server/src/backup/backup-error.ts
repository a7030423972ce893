/** A backup or a restore that is refused, with a sentence that says what to do. */
export class BackupError extends Error {
  override readonly name = "BackupError";
  /** As a command's exit code tells it. */
  readonly kind: "failed" | "not_found" | "conflict";

  constructor(kind: BackupError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}
