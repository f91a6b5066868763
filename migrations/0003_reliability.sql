CREATE TABLE "switchboard"."hearing" (
	"organization_id" uuid NOT NULL,
	"app_id" uuid NOT NULL,
	"heard_until" timestamp with time zone NOT NULL,
	CONSTRAINT "hearing_organization_id_app_id_pk" PRIMARY KEY("organization_id","app_id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."hearing" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."pace" (
	"organization_id" uuid NOT NULL,
	"key" text NOT NULL,
	"calls" double precision[] DEFAULT '{}' NOT NULL,
	"held_until" timestamp with time zone,
	"used_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pace_organization_id_key_pk" PRIMARY KEY("organization_id","key")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."pace" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "switchboard"."organizations" ADD COLUMN "in_doubt" text DEFAULT 'repeat' NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."turns" ADD COLUMN "failures" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."turns" ADD COLUMN "crashes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."hearing" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."pace" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
ALTER TABLE switchboard.hearing FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.pace FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.hearing, switchboard.pace TO switchboard_app;
--> statement-breakpoint
-- One row per busy key, written again and again: with room on its page no index is touched.
ALTER TABLE switchboard.pace SET (fillfactor = 40);
--> statement-breakpoint
-- The sweep asks which threads somebody works in.
GRANT SELECT (organization_id, id, lease_until) ON switchboard.threads TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_health ON switchboard.threads FOR SELECT TO switchboard_system USING (true);
--> statement-breakpoint
-- Whether a job that will still run is there for a thread. One that has been locked for long does not count: whoever fetched
-- it may never have been told that he did.
CREATE OR REPLACE FUNCTION switchboard_system.has_job(thread uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM graphile_worker._private_jobs WHERE key = 'drain:' || thread AND attempts < max_attempts
    AND (locked_at IS NULL OR locked_at > now() - interval '60 seconds'));
END $$;
