/** A store cannot be moved as it was asked. */
export class MoveError extends Error {
  override readonly name = "MoveError";
  readonly kind: "conflict" | "failed";

  constructor(kind: "conflict" | "failed", message: string) {
    super(message);
    this.kind = kind;
  }
}
