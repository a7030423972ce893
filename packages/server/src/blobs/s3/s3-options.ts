/** Where an S3-compatible store is, and how it is spoken to. */
export interface S3Options {
  /** `https://HOST`, without the bucket. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Name the bucket in the path; in the host name otherwise. */
  readonly pathStyle: boolean;
  /** What all keys begin with; empty, or ending in `/`. */
  readonly prefix: string;
  readonly pace?: Partial<S3Pace>;
}

/** How long the store is waited for, and in which steps it is written. */
export interface S3Pace {
  /** Milliseconds in which nothing comes and nothing goes, after which a request is given up. */
  readonly silenceMs: number;
  /** Milliseconds from the first attempt in which further ones are begun. */
  readonly patienceMs: number;
  /** Milliseconds before the second attempt; twice that before each one after. */
  readonly pauseMs: number;
  /** What is larger goes up in parts of so many bytes, each attempted on its own; the protocol asks for 5 MiB at least. */
  readonly partBytes: number;
}

export const USUAL_PACE: S3Pace = {
  silenceMs: 15_000,
  patienceMs: 15_000,
  pauseMs: 100,
  partBytes: 16 * 1024 * 1024,
};

/** The bucket's own address. */
export function bucketUrl({ endpoint, bucket, pathStyle }: S3Options): string {
  const url = new URL(endpoint);
  if (pathStyle) url.pathname = `/${bucket}`;
  else url.hostname = `${bucket}.${url.hostname}`;
  return url.href;
}
