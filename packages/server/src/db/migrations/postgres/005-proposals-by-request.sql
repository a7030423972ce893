-- A repeat with the same `Idempotency-Key` is known by it, in whatever room.
CREATE INDEX proposals_by_request ON proposals (tenant_no, request) WHERE request IS NOT NULL;
