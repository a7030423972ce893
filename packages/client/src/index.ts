/** The SDK's core: typed calls of the API, for browsers and Node. */
export type { Answer, CallArguments, CallOf, CallOptions } from "./call.ts";
export { StairwellClient, type ClientOptions } from "./client.ts";
export type { Download, DownloadOf, DownloadRoute, RoomDownload } from "./download.ts";
export { StairwellApiError, StairwellNetworkError, StairwellStreamError, type RefusalCode } from "./errors.ts";
export type { PageOf, RowOf } from "./pages.ts";
export type { OnProgress } from "./progress.ts";
export type { Ended, WebSocketMaker } from "./stream/socket.ts";
export { type Pause, StairwellStream, type StreamOptions } from "./stream/stream.ts";
export type { FileSource, UploadOf, UploadRoute } from "./upload.ts";
