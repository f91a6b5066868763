CREATE TABLE "switchboard"."acts" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"app_id" uuid NOT NULL,
	"install" text NOT NULL,
	"channel" text NOT NULL,
	"thread_id" uuid NOT NULL,
	"address" text NOT NULL,
	"author_id" text NOT NULL,
	"author_name" text NOT NULL,
	"author_kind" text NOT NULL,
	"event" jsonb NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "acts_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."acts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."audit" (
	"organization_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"actor" text NOT NULL,
	"what" text NOT NULL,
	"subject" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."audit" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."controls" (
	"organization_id" uuid NOT NULL,
	"id" text NOT NULL,
	"turn_id" uuid NOT NULL,
	"wish" text NOT NULL,
	"person" text,
	"form" jsonb,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "controls_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."controls" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."feedback" (
	"organization_id" uuid NOT NULL,
	"turn_id" uuid NOT NULL,
	"person" text NOT NULL,
	"verdict" text NOT NULL,
	"comment" text,
	"given_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feedback_organization_id_turn_id_person_pk" PRIMARY KEY("organization_id","turn_id","person")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."feedback" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."policies" (
	"organization_id" uuid NOT NULL,
	"app_id" uuid NOT NULL,
	"install" text NOT NULL,
	"channel" text NOT NULL,
	"policy" jsonb NOT NULL,
	CONSTRAINT "policies_organization_id_app_id_install_channel_pk" PRIMARY KEY("organization_id","app_id","install","channel")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."policies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "switchboard"."messages" ADD COLUMN "command" jsonb;--> statement-breakpoint
ALTER TABLE "switchboard"."messages" ADD COLUMN "delivery_ids" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."organizations" ADD COLUMN "policy" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."threads" ADD COLUMN "stop_by" text;--> statement-breakpoint
ALTER TABLE "switchboard"."threads" ADD COLUMN "stirred" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."threads" ADD COLUMN "forgotten_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "switchboard"."turns" ADD COLUMN "card" jsonb;--> statement-breakpoint
ALTER TABLE "switchboard"."turns" ADD COLUMN "stopped_by" text;--> statement-breakpoint
CREATE INDEX "acts_waiting" ON "switchboard"."acts" USING btree ("organization_id","received_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "posts_by_external" ON "switchboard"."posts" USING btree ("organization_id","external_id");--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."acts" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."audit" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."controls" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."feedback" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."policies" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
ALTER TABLE switchboard.acts FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.audit FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.controls FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.feedback FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.policies FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.acts, switchboard.controls, switchboard.feedback, switchboard.policies TO switchboard_app;
--> statement-breakpoint
-- What was done stays written.
GRANT SELECT, INSERT ON switchboard.audit TO switchboard_app;
--> statement-breakpoint
-- The sweep asks which acts wait.
GRANT SELECT (organization_id, id, state, received_at) ON switchboard.acts TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_health ON switchboard.acts FOR SELECT TO switchboard_system USING (true);
--> statement-breakpoint
-- Puts acts into the queue, in the caller's transaction and for the caller's organization only. They are small and people
-- wait for them: before the threads.
CREATE FUNCTION switchboard_system.enqueue_acts(acts uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  organization text := current_setting('switchboard.organization');
  jobs graphile_worker.job_spec[];
BEGIN
  SELECT array_agg(json_populate_record(NULL::graphile_worker.job_spec, json_build_object(
      'identifier', 'act',
      'payload', json_build_object('organization', organization, 'act', act),
      'job_key', 'act:' || act,
      'priority', -10)) ORDER BY act)
    INTO jobs
    FROM (SELECT DISTINCT unnest(acts) AS act) AS distinct_acts;
  IF jobs IS NOT NULL THEN
    PERFORM graphile_worker.add_jobs(jobs);
  END IF;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION switchboard_system.enqueue_acts(uuid[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION switchboard_system.enqueue_acts(uuid[]) TO switchboard_app;
