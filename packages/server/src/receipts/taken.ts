/** Undoes a command whose answer another process has kept already: nothing of it is on record. */
export class ReceiptTaken extends Error {
  override readonly name = "ReceiptTaken";

  constructor() {
    super("another process was first to keep an answer under this key");
  }
}
