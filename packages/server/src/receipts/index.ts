export { type Answer, perform, type Receipt, type RequestName, requestOf } from "./receipt.ts";
export { findReceipt, insertReceipt, type KeptAnswer, RECEIPT_LIFE, type ReceiptScope } from "./receipts.store.ts";
export { startReceiptSweep, sweepReceipts } from "./sweep.ts";
export { ReceiptTaken } from "./taken.ts";
