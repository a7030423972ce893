/** How far which part of a replay has come. */
export interface Progress {
  readonly what: "people signed in" | "events compared" | "lines" | "unread counts compared";
  readonly done: number;
  readonly total: number;
}

export type OnProgress = (progress: Progress) => void;
