CREATE TABLE "switchboard"."chat_comments" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"author" text NOT NULL,
	"author_name" text NOT NULL,
	"text" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "chat_comments_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."chat_comments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."chat_conversations" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"title" text NOT NULL,
	"created_by" text NOT NULL,
	"continued_from" uuid,
	"seq" bigint DEFAULT 0 NOT NULL,
	"doing" text DEFAULT 'done' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"active_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "chat_conversations_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."chat_conversations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."chat_files" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"post_id" uuid,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"size" integer NOT NULL,
	"data" "bytea" NOT NULL,
	"added_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "chat_files_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."chat_files" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."chat_members" (
	"organization_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"actor" text NOT NULL,
	"name" text NOT NULL,
	"added_by" text NOT NULL,
	"added_at" timestamp with time zone DEFAULT now() NOT NULL,
	"present_until" timestamp with time zone,
	"typing_until" timestamp with time zone,
	CONSTRAINT "chat_members_organization_id_conversation_id_actor_pk" PRIMARY KEY("organization_id","conversation_id","actor")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."chat_members" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."chat_posts" (
	"organization_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"ordinal" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"kind" text NOT NULL,
	"author" text NOT NULL,
	"author_name" text NOT NULL,
	"author_kind" text NOT NULL,
	"nonce" text NOT NULL,
	"text" text NOT NULL,
	"card" jsonb,
	"files" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"reactions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"only_for" text,
	"removed" boolean DEFAULT false NOT NULL,
	"heard_at" timestamp with time zone,
	"sent_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "chat_posts_organization_id_conversation_id_id_pk" PRIMARY KEY("organization_id","conversation_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."chat_posts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "chat_comments_by_post" ON "switchboard"."chat_comments" USING btree ("organization_id","conversation_id","post_id");--> statement-breakpoint
CREATE INDEX "chat_files_by_conversation" ON "switchboard"."chat_files" USING btree ("organization_id","conversation_id");--> statement-breakpoint
CREATE INDEX "chat_files_unsent" ON "switchboard"."chat_files" USING btree ("organization_id","added_by","created_at") WHERE post_id is null;--> statement-breakpoint
CREATE INDEX "chat_members_by_actor" ON "switchboard"."chat_members" USING btree ("organization_id","actor");--> statement-breakpoint
CREATE UNIQUE INDEX "chat_posts_by_nonce" ON "switchboard"."chat_posts" USING btree ("organization_id","conversation_id","nonce");--> statement-breakpoint
CREATE INDEX "chat_posts_by_change" ON "switchboard"."chat_posts" USING btree ("organization_id","conversation_id","seq");--> statement-breakpoint
CREATE INDEX "chat_posts_by_place" ON "switchboard"."chat_posts" USING btree ("organization_id","conversation_id","ordinal");--> statement-breakpoint
CREATE INDEX "chat_posts_past" ON "switchboard"."chat_posts" USING btree ("organization_id","nonce") WHERE kind = 'past';--> statement-breakpoint
CREATE INDEX "chat_posts_unheard" ON "switchboard"."chat_posts" USING btree ("organization_id","sent_at") WHERE kind = 'person' and heard_at is null;--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."chat_comments" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."chat_conversations" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."chat_files" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."chat_members" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."chat_posts" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));
--> statement-breakpoint
ALTER TABLE switchboard.chat_conversations FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.chat_members FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.chat_posts FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.chat_files FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.chat_comments FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.chat_conversations, switchboard.chat_members, switchboard.chat_posts,
  switchboard.chat_files, switchboard.chat_comments TO switchboard_app;
