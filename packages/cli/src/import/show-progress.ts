import type { bundles, ProgressOf } from "@stairwell/protocol/api";
import { DRAWING_STEP_MS, LINE_STEP_MS } from "../bar.ts";
import { grouped, sizeText } from "../figures.ts";
import type { Output } from "../output.ts";
import { RateWindow, rateText } from "../rate-window.ts";
import { StepProgress } from "../step-progress.ts";

/** Milliseconds between two words on how long the server has been at work: on a terminal, and elsewhere. */
const TICK_MS = { terminal: 1000, elsewhere: LINE_STEP_MS };

type Work = ProgressOf<typeof bundles.importRoom>;

const DONE: Readonly<Record<Work["step"], string>> = {
  checking: "checked",
  writing_files: "of files written",
  writing_events: "events written",
};

/**
 * Shows how much of a bundle was sent, as other long things are shown; then how far the server is with it or, until it says
 * so, for how long it has been at work.
 */
export class ImportProgress {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #bytes: StepProgress;
  readonly #events: StepProgress;
  readonly #window = new RateWindow();
  /** Whether the server has all there is. */
  isSent = false;
  #begun: number | undefined;
  #drawnAt = -Infinity;
  /** Of what the server has whole: how much, and since when. */
  #sent: { readonly bytes: number; readonly at: number } | undefined;
  #ticking: NodeJS.Timeout | undefined;

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#bytes = new StepProgress(output, "bytes", now);
    this.#events = new StepProgress(output, "things", now);
  }

  readonly show = (sent: number, total: number | undefined): void => {
    const isWhole = sent === total;
    this.isSent = isWhole || total === undefined;
    if (isWhole) this.#beginWaiting(sent);
    else if (total === undefined) this.#showUncounted(sent);
    else this.#bytes.show({ what: "sent", done: sent, total });
  };

  readonly showWork = ({ step, done, total }: Work): void => {
    // What comes through a pipe was sent whole when the server begins.
    this.isSent = true;
    this.#stopWaiting();
    (step === "writing_events" ? this.#events : this.#bytes).show({ what: DONE[step], done, total });
  };

  /** Says for how long the server has been at work; called now and then once all is sent. */
  readonly tick = (): void => {
    if (this.#sent === undefined) return;
    const { bytes, at } = this.#sent;
    const seconds = Math.floor((this.#now() - at) / 1000);
    const since = seconds < 1 ? "" : `, for ${grouped(seconds)} s`;
    const text = `${sizeText(bytes)} sent; the server checks it and makes the room${since}`;
    if (this.#output.isTerminal) this.#output.progress(text);
    else if (seconds > 0) this.#output.message(text);
  };

  /** A repeat changes nothing. */
  end(): void {
    this.#stopWaiting();
    this.#bytes.end();
  }

  #stopWaiting(): void {
    clearInterval(this.#ticking);
    this.#sent = undefined;
  }

  #beginWaiting(bytes: number): void {
    if (this.#sent !== undefined) return;
    this.#sent = { bytes, at: this.#now() };
    this.#ticking = setInterval(this.tick, this.#output.isTerminal ? TICK_MS.terminal : TICK_MS.elsewhere);
    this.tick();
  }

  /** What comes through a pipe has no length that is known. */
  #showUncounted(sent: number): void {
    const now = this.#now();
    const { isTerminal } = this.#output;
    if (this.#begun === undefined) {
      this.#window.begin((this.#begun = now), 0);
      // What is over soon needs no line.
      if (!isTerminal) this.#drawnAt = now;
    }
    if (now - this.#drawnAt < (isTerminal ? DRAWING_STEP_MS : LINE_STEP_MS)) return;
    this.#drawnAt = now;
    const text = `${sizeText(sent)} sent${rateText(this.#window.mark(now, sent), undefined, sizeText)}`;
    if (isTerminal) this.#output.progress(text);
    else this.#output.message(text);
  }
}
