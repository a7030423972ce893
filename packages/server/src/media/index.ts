/** Files of messages: taking them in, giving them out, and deleting them when nothing names them any more. */
export { findReadable } from "./access.ts";
export { storageOf } from "./blobs.store.ts";
export { WrongContent } from "./checked-content.ts";
export { contentOf } from "./content-of.ts";
export { Digests } from "./digest.ts";
export { freeMedium } from "./free.ts";
export { Links } from "./link.ts";
export { mediaRoutes, type MediaParts } from "./media.routes.ts";
export { findMedium, findMediumByNo } from "./media.store.ts";
export { mediaView } from "./media.view.ts";
export { type Medium, mediumRecord, type MediumRecord } from "./medium.ts";
export { Painter } from "./painter.ts";
export { projectMedia } from "./project.ts";
export { type FileRef, findMediaIdAt, insertRef, listFileRefs } from "./refs.store.ts";
export { startMediaSweep, sweepMedia, sweepOrphans } from "./sweep.ts";
export { storageFull, upload, type UploadParts } from "./upload.ts";
