CREATE TABLE "switchboard"."api_calls" (
	"organization_id" uuid NOT NULL,
	"actor_id" text NOT NULL,
	"key" text NOT NULL,
	"request" text NOT NULL,
	"status" integer,
	"response" text,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "api_calls_organization_id_actor_id_key_pk" PRIMARY KEY("organization_id","actor_id","key")
);
--> statement-breakpoint
ALTER TABLE "switchboard"."api_calls" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "switchboard"."audit" DROP CONSTRAINT "audit_organization_id_id_pk";--> statement-breakpoint
ALTER TABLE "switchboard"."audit" ADD COLUMN "seq" bigint;--> statement-breakpoint
ALTER TABLE "switchboard"."audit" ADD COLUMN "actor_name" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."audit" ADD COLUMN "details" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."audit" ADD COLUMN "previous" text;--> statement-breakpoint
ALTER TABLE "switchboard"."audit" ADD COLUMN "hash" text;--> statement-breakpoint
ALTER TABLE "switchboard"."apps" ADD COLUMN "origin" text DEFAULT 'environment' NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."apps" ADD COLUMN "state" text DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."apps" ADD COLUMN "sealed_credentials" text;--> statement-breakpoint
ALTER TABLE "switchboard"."apps" ADD COLUMN "details" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."apps" ADD COLUMN "changed_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."installs" ADD COLUMN "sealed_tokens" text;--> statement-breakpoint
ALTER TABLE "switchboard"."installs" ADD COLUMN "details" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."installs" ADD COLUMN "changed_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "switchboard"."threads" ADD COLUMN "active_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "api_calls_by_expiry" ON "switchboard"."api_calls" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "audit_by_subject" ON "switchboard"."audit" USING btree ("organization_id","what","subject");--> statement-breakpoint
CREATE INDEX "deliveries_by_time" ON "switchboard"."deliveries" USING btree ("organization_id","received_at","delivery_id");--> statement-breakpoint
CREATE INDEX "threads_by_activity" ON "switchboard"."threads" USING btree ("organization_id","active_at","id");--> statement-breakpoint
CREATE POLICY "organization_isolation" ON "switchboard"."api_calls" AS PERMISSIVE FOR ALL TO "switchboard_app" USING (organization_id = (select current_setting('switchboard.organization')::uuid)) WITH CHECK (organization_id = (select current_setting('switchboard.organization')::uuid));
--> statement-breakpoint
-- What a row of the audit says, hashed together with the hash of the row before.
CREATE FUNCTION switchboard.audit_hash(entry switchboard.audit) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(entry.organization_id, entry.seq, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    entry.actor, entry.actor_name, entry.what, entry.subject, entry.details, entry.previous)::text, 'UTF8')), 'hex')
$$;
--> statement-breakpoint
ALTER TABLE switchboard.audit NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- Rows that are there already become the beginning of the chain.
DO $$
DECLARE
  entry switchboard.audit;
  last switchboard.audit;
BEGIN
  FOR entry IN SELECT * FROM switchboard.audit ORDER BY organization_id, at, id LOOP
    IF last.organization_id IS DISTINCT FROM entry.organization_id THEN last := NULL; END IF;
    entry.seq := coalesce(last.seq, 0) + 1;
    entry.previous := coalesce(last.hash, repeat('0', 64));
    entry.hash := switchboard.audit_hash(entry);
    UPDATE switchboard.audit SET seq = entry.seq, previous = entry.previous, hash = entry.hash
      WHERE organization_id = entry.organization_id AND id = entry.id;
    last := entry;
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE switchboard.audit DROP COLUMN "id", ALTER COLUMN seq SET NOT NULL, ALTER COLUMN previous SET NOT NULL, ALTER COLUMN hash SET NOT NULL,
  ADD CONSTRAINT "audit_organization_id_seq_pk" PRIMARY KEY ("organization_id", "seq");
--> statement-breakpoint
ALTER TABLE switchboard.audit FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- Whoever adds a row: it is counted and hashed here. One transaction of an organization at a time.
CREATE FUNCTION switchboard.chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last switchboard.audit;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit/' || NEW.organization_id, 0));
  SELECT * INTO last FROM switchboard.audit WHERE organization_id = NEW.organization_id ORDER BY seq DESC LIMIT 1;
  NEW.at := clock_timestamp();
  NEW.seq := coalesce(last.seq, 0) + 1;
  NEW.previous := coalesce(last.hash, repeat('0', 64));
  NEW.hash := switchboard.audit_hash(NEW);
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER chain_audit BEFORE INSERT ON switchboard.audit FOR EACH ROW EXECUTE FUNCTION switchboard.chain_audit();
--> statement-breakpoint
CREATE FUNCTION switchboard.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is only added to';
END $$;
--> statement-breakpoint
CREATE TRIGGER refuse_audit_change BEFORE UPDATE ON switchboard.audit FOR EACH STATEMENT EXECUTE FUNCTION switchboard.refuse_audit_change();
--> statement-breakpoint
-- Takes away what is older, which nothing else may: the hash of the last row that goes is written down, so that what stays is still a chain.
CREATE FUNCTION switchboard.prune_audit(before timestamp with time zone) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  org uuid := current_setting('switchboard.organization')::uuid;
  last switchboard.audit;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit/' || org, 0));
  SELECT * INTO last FROM switchboard.audit a WHERE a.organization_id = org AND a.at < before ORDER BY a.seq DESC LIMIT 1;
  IF last.seq IS NULL THEN RETURN 0; END IF;
  INSERT INTO switchboard.audit (organization_id, actor, what, subject, details)
    VALUES (org, 'system', 'audit.pruned', 'audit/' || last.seq, jsonb_build_object('hash', last.hash));
  DELETE FROM switchboard.audit a WHERE a.organization_id = org AND a.seq <= last.seq;
  RETURN last.seq;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION switchboard.prune_audit(timestamp with time zone) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION switchboard.prune_audit(timestamp with time zone) TO switchboard_app;
--> statement-breakpoint
ALTER TABLE switchboard.api_calls FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard.api_calls TO switchboard_app;
--> statement-breakpoint
-- Answers that nobody will ask for again are swept away without knowing whose they are.
GRANT SELECT (expires_at), DELETE ON switchboard.api_calls TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_sweep ON switchboard.api_calls TO switchboard_system USING (true);
--> statement-breakpoint
-- Which apps there are to be opened, and whose: their credentials are read by the organization's own transactions.
GRANT SELECT (organization_id, id, platform, name, origin, state, changed_at) ON switchboard.apps TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_list ON switchboard.apps FOR SELECT TO switchboard_system USING (true);
