CREATE TABLE "switchboard"."embeddings" (
	"organization_id" uuid NOT NULL,
	"digest" text NOT NULL,
	"model" text NOT NULL,
	"bits" bit(1024) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "embeddings_organization_id_digest_pk" PRIMARY KEY("organization_id","digest")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."embeddings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."passages" (
	"organization_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"part" integer NOT NULL,
	"digest" text NOT NULL,
	"model" text NOT NULL,
	"start" integer NOT NULL,
	"length" integer NOT NULL,
	CONSTRAINT "passages_organization_id_kind_source_part_pk" PRIMARY KEY("organization_id","kind","source","part")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."passages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "switchboard"."targets" ADD COLUMN "embedding_model" text;--> statement-breakpoint
CREATE INDEX "passages_by_digest" ON "switchboard"."passages" USING btree ("organization_id","digest");--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."embeddings" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."passages" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
ALTER TABLE switchboard.embeddings FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.passages FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.embeddings, switchboard.passages TO switchboard_app;
--> statement-breakpoint
-- The job that makes them asks whose there are.
GRANT SELECT (organization_id) ON switchboard.organizations TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_list ON switchboard.organizations FOR SELECT TO switchboard_system USING (true);
