-- The sweep asks which turns wait for a moment of their own.
GRANT SELECT (organization_id, thread_id, state, retry_at) ON switchboard.turns TO switchboard_system;
--> statement-breakpoint
CREATE POLICY system_health ON switchboard.turns FOR SELECT TO switchboard_system USING (true);
--> statement-breakpoint
-- Whether a job that will run soon is there for a thread. One that has been locked for long does not count: whoever fetched it
-- may never have been told that he did. Neither does one for a moment far ahead: the clock may have been set back since.
CREATE OR REPLACE FUNCTION switchboard_system.has_job(thread uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM graphile_worker._private_jobs WHERE key = 'drain:' || thread AND attempts < max_attempts
    AND CASE WHEN locked_at IS NULL THEN run_at < now() + interval '60 seconds' ELSE locked_at > now() - interval '60 seconds' END);
END $$;
