export { callTable } from "./call-table.ts";
export { type DocumentParts, openApiDocument } from "./document.ts";
export { errorCodesOf } from "./errors.ts";
