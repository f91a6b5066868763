CREATE TABLE "switchboard"."approvals" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"turn_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"kind" text NOT NULL,
	"digest" text NOT NULL,
	"people" text[],
	"yes" integer NOT NULL,
	"verdicts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"state" text NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "approvals_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."approvals" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "switchboard"."controls" ADD COLUMN "approval_id" uuid;--> statement-breakpoint
ALTER TABLE "switchboard"."steps" ADD COLUMN "run" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."steps" ADD COLUMN "input" jsonb;--> statement-breakpoint
ALTER TABLE "switchboard"."steps" ADD COLUMN "output" jsonb;--> statement-breakpoint
ALTER TABLE "switchboard"."steps" ADD COLUMN "route" jsonb;--> statement-breakpoint
ALTER TABLE "switchboard"."turns" ADD COLUMN "runs" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "approvals_by_step" ON "switchboard"."approvals" USING btree ("organization_id","turn_id","seq");--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."approvals" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
ALTER TABLE switchboard.approvals FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.approvals TO switchboard_app;
