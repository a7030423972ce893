/**
 * Media type of an answer that comes line by line (a JSON object each): how far a long call is, as often as once a second,
 * `{"progress":{…}}`, and at the end what it answers, `{"status":…,"headers":{…},"body":{…}}`.
 */
export const PROGRESS_LINES = "application/x-ndjson";

/** The last of the lines: an answer as it would have come by itself. */
export interface LastLine {
  readonly status: number;
  /** Those that were not known when the first line went, by lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
