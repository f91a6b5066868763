CREATE TABLE "switchboard"."budget_periods" (
	"organization_id" uuid NOT NULL,
	"budget_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"period" text NOT NULL,
	"spent" numeric DEFAULT '0' NOT NULL,
	"held" numeric DEFAULT '0' NOT NULL,
	"alerted" integer DEFAULT 0 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "budget_periods_organization_id_budget_id_subject_period_pk" PRIMARY KEY("organization_id","budget_id","subject","period")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."budget_periods" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."budgets" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"scope" text NOT NULL,
	"app_id" uuid,
	"install" text DEFAULT '' NOT NULL,
	"channel" text DEFAULT '' NOT NULL,
	"person" text DEFAULT '' NOT NULL,
	"every" text NOT NULL,
	"time_zone" text NOT NULL,
	"dollars" numeric NOT NULL,
	"alert" jsonb,
	"origin" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "budgets_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."budgets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."holds" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"budget_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"period" text NOT NULL,
	"turn_id" uuid NOT NULL,
	"dollars" numeric NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"expired" boolean DEFAULT false NOT NULL,
	CONSTRAINT "holds_organization_id_id_budget_id_pk" PRIMARY KEY("organization_id","id","budget_id")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."holds" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."rates" (
	"organization_id" uuid NOT NULL,
	"key" text NOT NULL,
	"full_at" timestamp with time zone NOT NULL,
	"told_until" timestamp with time zone,
	CONSTRAINT "rates_organization_id_key_pk" PRIMARY KEY("organization_id","key")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."rates" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "switchboard"."usage_days" (
	"organization_id" uuid NOT NULL,
	"day" date NOT NULL,
	"app_id" uuid NOT NULL,
	"install" text NOT NULL,
	"channel" text NOT NULL,
	"person" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"calls" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"answers" bigint DEFAULT 0 NOT NULL,
	"input_tokens" bigint DEFAULT 0 NOT NULL,
	"cached_input_tokens" bigint DEFAULT 0 NOT NULL,
	"cache_write_tokens" bigint DEFAULT 0 NOT NULL,
	"output_tokens" bigint DEFAULT 0 NOT NULL,
	"reasoning_tokens" bigint DEFAULT 0 NOT NULL,
	"dollars" numeric DEFAULT '0' NOT NULL,
	CONSTRAINT "usage_days_pk" PRIMARY KEY("organization_id","day","app_id","install","channel","person","provider","model")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."usage_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "budget_periods_of_runs" ON "switchboard"."budget_periods" USING btree ("updated_at") WHERE period = 'run';--> statement-breakpoint
CREATE INDEX "holds_by_expiry" ON "switchboard"."holds" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "rates_by_age" ON "switchboard"."rates" USING btree ("full_at");--> statement-breakpoint
CREATE INDEX "usage_days_by_person" ON "switchboard"."usage_days" USING btree ("organization_id","app_id","person","day");--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."budget_periods" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."budgets" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."holds" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."rates" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."usage_days" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));--> statement-breakpoint
ALTER TABLE switchboard.budgets FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.budget_periods FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.holds FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.usage_days FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE switchboard.rates FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.budgets, switchboard.budget_periods, switchboard.holds, switchboard.usage_days,
  switchboard.rates TO switchboard_app;
--> statement-breakpoint
-- The sweep asks whose holds have expired, and whose rows can go.
GRANT SELECT (organization_id, expires_at, expired) ON switchboard.holds TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_sweep ON switchboard.holds FOR SELECT TO switchboard_system USING (true);
--> statement-breakpoint
GRANT SELECT (organization_id, period, updated_at) ON switchboard.budget_periods TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_sweep ON switchboard.budget_periods FOR SELECT TO switchboard_system USING (true);
--> statement-breakpoint
GRANT SELECT (organization_id, full_at) ON switchboard.rates TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_sweep ON switchboard.rates FOR SELECT TO switchboard_system USING (true);
