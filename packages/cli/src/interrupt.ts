/**
 * Runs work with a signal that Ctrl-C or SIGTERM fires, whose reason says `saying`. A second Ctrl-C ends the process as
 * it ends any other.
 */
export async function untilInterrupted<T>(
  saying: string | (() => string),
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const interrupt = (): void => {
    forget();
    stop.abort(new Error(typeof saying === "string" ? saying : saying()));
  };
  const forget = (): void => SIGNALS.forEach((signal) => process.off(signal, interrupt));
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(stop.signal);
  } finally {
    forget();
  }
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
