CREATE TABLE "switchboard"."mcp_servers" (
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"header_names" text[] DEFAULT '{}' NOT NULL,
	"sealed_headers" text,
	"timeout_ms" integer NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"tools" jsonb,
	"problem" text,
	"seen_at" timestamp with time zone,
	CONSTRAINT "mcp_servers_organization_id_name_pk" PRIMARY KEY("organization_id","name")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."mcp_servers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard_system"."toolboxes" (
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"tools" jsonb,
	"problem" text,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "toolboxes_kind_name_pk" PRIMARY KEY("kind","name")
);
--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."mcp_servers" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));
--> statement-breakpoint
ALTER TABLE switchboard.mcp_servers FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.mcp_servers TO switchboard_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard_system.toolboxes TO switchboard_system;
