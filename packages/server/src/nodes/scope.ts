import type { WriteScope } from "../db/index.ts";

/** What belongs to no tenant, and keeps none waiting: no tenant has this number. */
export const NO_TENANT: WriteScope = { tenantNo: 0 };
