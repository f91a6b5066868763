-- drizzle enables row-level security; forcing it on the owner too is ours to do.
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'switchboard' LOOP
    EXECUTE format('ALTER TABLE switchboard.%I FORCE ROW LEVEL SECURITY', found.tablename);
  END LOOP;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA switchboard TO switchboard_app, switchboard_system;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA switchboard TO switchboard_app;
--> statement-breakpoint
-- Health asks how old the oldest waiting message of the deployment is, and the sweep which threads wait: these columns only.
GRANT SELECT (organization_id, thread_id, state, received_at) ON switchboard.messages TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_health ON switchboard.messages FOR SELECT TO switchboard_system USING (true);
--> statement-breakpoint
GRANT USAGE ON SCHEMA switchboard_system TO switchboard_app, switchboard_system;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON switchboard_system.workers TO switchboard_system;
--> statement-breakpoint
-- Puts threads into the queue, in the caller's transaction and for the caller's organization only.
-- A later time never postpones a job that is due earlier (keep_earlier). SECURITY DEFINER, because the application role has
-- no rights on the queue's own tables.
CREATE FUNCTION switchboard_system.enqueue_drains(threads uuid[], run_at timestamptz, keep_earlier boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  organization text := current_setting('switchboard.organization');
  jobs graphile_worker.job_spec[];
BEGIN
  -- One job per thread at a time (job_key), in the order of the keys so that two batches never wait for each other.
  SELECT array_agg(json_populate_record(NULL::graphile_worker.job_spec, json_build_object(
      'identifier', 'drain',
      'payload', json_build_object('organization', organization, 'thread', thread),
      'job_key', 'drain:' || thread,
      'run_at', run_at)) ORDER BY thread)
    INTO jobs
    FROM (SELECT DISTINCT unnest(threads) AS thread) AS distinct_threads;
  IF jobs IS NOT NULL THEN
    PERFORM graphile_worker.add_jobs(jobs, job_key_preserve_run_at => keep_earlier);
  END IF;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION switchboard_system.enqueue_drains(uuid[], timestamptz, boolean) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION switchboard_system.enqueue_drains(uuid[], timestamptz, boolean) TO switchboard_app;
--> statement-breakpoint
-- Whether a job that can still run is there for a thread; the sweep looks for threads without one.
CREATE FUNCTION switchboard_system.has_job(thread uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM graphile_worker._private_jobs WHERE key = 'drain:' || thread AND attempts < max_attempts);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION switchboard_system.has_job(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION switchboard_system.has_job(uuid) TO switchboard_system;
--> statement-breakpoint
-- These rows are updated two or three times in their first second: with room left on their page that touches no index.
ALTER TABLE switchboard.threads SET (fillfactor = 60);
--> statement-breakpoint
ALTER TABLE switchboard.messages SET (fillfactor = 60);
--> statement-breakpoint
ALTER TABLE switchboard.turns SET (fillfactor = 60);
--> statement-breakpoint
ALTER TABLE switchboard.posts SET (fillfactor = 60);
--> statement-breakpoint
ALTER TABLE switchboard.steps SET (fillfactor = 60);
