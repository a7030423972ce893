-- How often anything was heard of what somebody is called: what was asked for before the last of it counts for nothing.
ALTER TABLE foreign_profiles ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
