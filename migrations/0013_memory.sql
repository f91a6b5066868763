CREATE TABLE "switchboard"."answer_cache" (
	"organization_id" uuid NOT NULL,
	"key" text NOT NULL,
	"answer" text NOT NULL,
	"turn_id" uuid NOT NULL,
	"hits" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "answer_cache_organization_id_key_pk" PRIMARY KEY("organization_id","key")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."answer_cache" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."memories" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"scope" text NOT NULL,
	"app_id" uuid,
	"install" text DEFAULT '' NOT NULL,
	"subject" text DEFAULT '' NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"pinned" boolean NOT NULL,
	"key" text NOT NULL,
	"source_turn" uuid,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memories_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."memories" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."summaries" (
	"organization_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"text" text NOT NULL,
	"until_ms" bigint NOT NULL,
	"tainted" boolean NOT NULL,
	"covers" integer NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"usage" jsonb,
	"cost_usd" numeric,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "summaries_organization_id_thread_id_pk" PRIMARY KEY("organization_id","thread_id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."summaries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."template_rules" (
	"organization_id" uuid NOT NULL,
	"id" bigint NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"platform" text DEFAULT '' NOT NULL,
	"install" text DEFAULT '' NOT NULL,
	"channel" text DEFAULT '' NOT NULL,
	"command" text DEFAULT '' NOT NULL,
	"task" text DEFAULT '' NOT NULL,
	"variants" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "template_rules_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."template_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."templates" (
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"source" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "templates_organization_id_name_version_pk" PRIMARY KEY("organization_id","name","version")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."templates" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "answer_cache_by_turn" ON "switchboard"."answer_cache" USING btree ("organization_id","turn_id");--> statement-breakpoint
CREATE INDEX "answer_cache_by_expiry" ON "switchboard"."answer_cache" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "memories_by_subject" ON "switchboard"."memories" USING btree ("organization_id","app_id","install","subject");--> statement-breakpoint
CREATE UNIQUE INDEX "memories_by_key" ON "switchboard"."memories" USING btree ("organization_id","key");--> statement-breakpoint
CREATE INDEX "memories_by_turn" ON "switchboard"."memories" USING btree ("organization_id","source_turn");--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."answer_cache" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."memories" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."summaries" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."template_rules" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."templates" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
ALTER TABLE switchboard.memories FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.summaries FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.templates FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.template_rules FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.answer_cache FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.memories, switchboard.summaries, switchboard.templates, switchboard.template_rules,
  switchboard.answer_cache TO switchboard_app;
--> statement-breakpoint
-- The sweep asks whose answers are too old.
GRANT SELECT (organization_id, expires_at) ON switchboard.answer_cache TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_sweep ON switchboard.answer_cache FOR SELECT TO switchboard_system USING (true);
--> statement-breakpoint
-- Asks for a thread to be put in short, in the caller's transaction and for the caller's organization only. Nobody waits for it:
-- behind the threads.
CREATE FUNCTION switchboard_system.enqueue_summary(thread uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM graphile_worker.add_job('summarize',
    json_build_object('organization', current_setting('switchboard.organization'), 'thread', thread),
    job_key => 'summarize:' || thread, max_attempts => 3, priority => 10);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION switchboard_system.enqueue_summary(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION switchboard_system.enqueue_summary(uuid) TO switchboard_app;
