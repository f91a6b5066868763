ALTER TABLE "switchboard"."organizations" ADD COLUMN "audit_days" integer;--> statement-breakpoint
-- Whose audit has to be looked after.
GRANT SELECT (organization_id, audit_days) ON switchboard.organizations TO switchboard_system;
