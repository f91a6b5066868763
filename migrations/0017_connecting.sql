CREATE TABLE "switchboard"."connecting" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"state_hash" text NOT NULL,
	"actor_id" text NOT NULL,
	"platform" text NOT NULL,
	"app_id" uuid,
	"step" text NOT NULL,
	"sealed" text,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "connecting_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."connecting" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE UNIQUE INDEX "connecting_by_state" ON "switchboard"."connecting" USING btree ("state_hash");--> statement-breakpoint
CREATE INDEX "connecting_by_expiry" ON "switchboard"."connecting" USING btree ("expires_at");--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."connecting" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
ALTER TABLE switchboard.connecting FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.connecting TO switchboard_app;
--> statement-breakpoint
-- A state says whose it is; what nobody came back for is swept away.
GRANT SELECT (organization_id, state_hash, expires_at), DELETE ON switchboard.connecting TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_sweep ON switchboard.connecting TO switchboard_system USING (true);
