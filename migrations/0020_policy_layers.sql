ALTER TABLE "switchboard"."policies" DROP CONSTRAINT "policies_organization_id_app_id_install_channel_pk";--> statement-breakpoint
ALTER TABLE "switchboard"."policies" ADD COLUMN "origin" text DEFAULT 'file' NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."policies" ADD CONSTRAINT "policies_organization_id_app_id_install_channel_origin_pk" PRIMARY KEY("organization_id","app_id","install","channel","origin");--> statement-breakpoint
ALTER TABLE "switchboard"."organizations" ADD COLUMN "console_policy" jsonb DEFAULT '{}'::jsonb NOT NULL;
