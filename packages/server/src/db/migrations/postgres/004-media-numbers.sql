-- The next number of a medium is found by the last one, over all tenants.
CREATE INDEX media_by_no ON media (media_no);
