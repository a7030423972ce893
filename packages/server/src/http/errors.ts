import { invalid, StairwellError } from "@stairwell/protocol";

/**
 * What any error means to the caller. Refusals pass; the framework's own are named by our table; whatever else was
 * thrown is an opaque `SW_INTERNAL` whose cause is for the log alone.
 */
export function refusalOf(error: unknown): StairwellError {
  if (error instanceof StairwellError) return error;
  const { code, statusCode } = (typeof error === "object" && error !== null ? error : {}) as {
    code?: unknown;
    statusCode?: unknown;
  };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return new StairwellError("SW_CONTENT_TOO_LARGE");
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return new StairwellError("SW_UNSUPPORTED_MEDIA_TYPE");
  if (code === "FST_ERR_CTP_INVALID_CONTENT_LENGTH") return invalid("", "is not as long as Content-Length says");
  if (code === "FST_ERR_BAD_URL") return invalid("", "the URL has an encoding that is not UTF-8");
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) {
    return new StairwellError("SW_REQUEST_INVALID", { cause: error });
  }
  return new StairwellError("SW_INTERNAL", { cause: error });
}

/** The headers that a refusal needs beside its body. */
export function refusalHeaders({ code, status, info }: StairwellError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (status === 401) headers["www-authenticate"] = code === "SW_FED_SIGNATURE" ? "Signature" : "Bearer";
  const retryAfter = info.retryAfterSeconds ?? (code === "SW_UNAVAILABLE" ? 1 : undefined);
  if (retryAfter !== undefined) headers["retry-after"] = String(Math.ceil(retryAfter));
  return headers;
}
