import { StairwellError } from "@stairwell/protocol";

/** Another server has refused a whole call: nothing of it was done. */
export class PeerRefused extends StairwellError {
  /** What it asked to wait, in milliseconds; zero where it did not say, or nothing that can be. */
  readonly waitMs: number;
  /** Its complaint is about what was sent, which is the same the next time, and not about who sent it or when. */
  readonly isOfContent: boolean;
  /** It does not believe the signature: as of a request that came twice on its way, the first of which it has taken. */
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
    this.mayHaveArrived = status === 401;
    this.said = code;
  }
}
