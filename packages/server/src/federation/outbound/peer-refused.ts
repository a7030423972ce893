import { StairwellError } from "@stairwell/protocol";

/** Another server has refused a whole call: nothing of it was done by that. */
export class PeerRefused extends StairwellError {
  /** What it asked to wait, in milliseconds; zero where it did not say, or nothing that can be. */
  readonly waitMs: number;
  /** Its complaint is about what was sent, which is the same the next time, and not about who sent it or when. */
  readonly isOfContent: boolean;
  /**
   * The same request may be done all the same: it came twice on its way, and the first was taken (401), or it is taken when
   * it comes once more and the server can (429, 503), or knows who we are.
   */
  readonly mayHaveArrived: boolean;
  /** What it said, which is no code of ours. */
  readonly said: string;

  constructor(
    serverName: string,
    { status, code, waitMs }: { readonly status: number; readonly code: string; readonly waitMs: number },
  ) {
    super("SW_FED_PEER_UNREACHABLE", { message: `${serverName} refused: ${code}.` });
    this.waitMs = waitMs;
    this.isOfContent = status === 400 || status === 413;
    this.mayHaveArrived = !this.isOfContent;
    this.said = code;
  }
}
