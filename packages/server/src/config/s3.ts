import type { Config } from "./schema.ts";

/** The S3-compatible store that is configured, if one is; the check of the whole sees to it that nothing of it is missing. */
export function s3Of({ media: { s3 } }: Pick<Config, "media">) {
  if (s3.endpoint === undefined) return undefined;
  return {
    endpoint: s3.endpoint,
    bucket: s3.bucket!,
    region: s3.region,
    accessKey: s3.access_key!,
    secretKey: s3.secret_key!,
    pathStyle: s3.path_style,
    prefix: s3.prefix,
  };
}
