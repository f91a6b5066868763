CREATE TABLE "switchboard"."files" (
	"organization_id" uuid NOT NULL,
	"id" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"text" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "files_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."files" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."link_codes" (
	"organization_id" uuid NOT NULL,
	"digest" text NOT NULL,
	"app_id" uuid NOT NULL,
	"install" text NOT NULL,
	"person" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "link_codes_organization_id_digest_pk" PRIMARY KEY("organization_id","digest")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."link_codes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."message_files" (
	"organization_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"file_id" text NOT NULL,
	CONSTRAINT "message_files_organization_id_message_id_ordinal_pk" PRIMARY KEY("organization_id","message_id","ordinal")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."message_files" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."people" (
	"organization_id" uuid NOT NULL,
	"app_id" uuid NOT NULL,
	"install" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"locale" text,
	"time_zone" text,
	"one_with" uuid,
	"read_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "people_organization_id_app_id_install_id_pk" PRIMARY KEY("organization_id","app_id","install","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."people" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."schedules" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"app_id" uuid NOT NULL,
	"install" text NOT NULL,
	"channel" text,
	"person" text,
	"title" text,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"cron" text,
	"time_zone" text NOT NULL,
	"next_at" timestamp with time zone,
	"paused" boolean DEFAULT false NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "schedules_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."schedules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "message_files_by_file" ON "switchboard"."message_files" USING btree ("organization_id","file_id");--> statement-breakpoint
CREATE INDEX "schedules_due" ON "switchboard"."schedules" USING btree ("next_at") WHERE next_at is not null and not paused;--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."files" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."link_codes" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."message_files" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."people" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."schedules" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
ALTER TABLE switchboard.people FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.link_codes FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.schedules FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.files FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.message_files FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.people, switchboard.link_codes, switchboard.schedules, switchboard.files, switchboard.message_files TO switchboard_app;
--> statement-breakpoint
-- The clock asks what is due, over all organizations.
GRANT SELECT (organization_id, id, next_at, paused) ON switchboard.schedules TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_health ON switchboard.schedules FOR SELECT TO switchboard_system USING (true);
