/**
 * What an S3 store answered instead of what it was asked, or that it did not. It names neither keys nor addresses, and
 * has no cause: answers of such stores repeat what was signed, and all this goes into logs.
 */
export class S3Fault extends Error {
  override readonly name = "S3Fault";
  /** Of the answer; undefined where there was none. */
  readonly status: number | undefined;
  /** As the store names it. */
  readonly code: string;

  constructor(status: number | undefined, code: string) {
    super(status === undefined ? `the S3 store did not answer: ${code}` : `the S3 store answered ${status} ${code}`);
    this.status = status;
    this.code = code;
  }

  /** Whether another attempt may do better. */
  get isPassing(): boolean {
    return this.status === undefined || this.status >= 500 || PASSING.has(this.status) || this.code === TOO_SLOW;
  }
}

const PASSING: ReadonlySet<number> = new Set([408, 429]);
/** Told with status 400. */
const TOO_SLOW = "RequestTimeout";
