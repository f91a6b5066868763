CREATE TABLE "switchboard"."breakers" (
	"organization_id" uuid NOT NULL,
	"target" text NOT NULL,
	"state" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "breakers_organization_id_target_pk" PRIMARY KEY("organization_id","target")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."breakers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."targets" (
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"position" integer NOT NULL,
	"origin" text NOT NULL,
	"protocol" text NOT NULL,
	"model" text NOT NULL,
	"base_url" text,
	"sealed_key" text,
	"hearing_model" text,
	"tools" boolean NOT NULL,
	"sees" boolean NOT NULL,
	"window_tokens" integer NOT NULL,
	"max_output_tokens" integer NOT NULL,
	"region" text,
	"retention" text NOT NULL,
	"price" jsonb,
	"quality" double precision DEFAULT 0.5 NOT NULL,
	"quality_for" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"paused" boolean DEFAULT false NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "targets_organization_id_name_pk" PRIMARY KEY("organization_id","name")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."targets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."breakers" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."targets" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
ALTER TABLE switchboard.targets FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.breakers FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.targets, switchboard.breakers TO switchboard_app;
