/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  /** `warning`: it works, and could bite. `failed`: a server cannot start, or what it writes is not safe. */
  readonly state: "ok" | "warning" | "failed";
  /** What was found. */
  readonly found: string;
  /** What to do, where there is something. */
  readonly advice?: string;
}

export function ok(name: string, found: string): Check {
  return { name, state: "ok", found };
}

export function warning(name: string, found: string, advice: string): Check {
  return { name, state: "warning", found, advice };
}

export function failed(name: string, found: string, advice: string): Check {
  return { name, state: "failed", found, advice };
}
