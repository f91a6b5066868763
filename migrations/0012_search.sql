-- Words that are spelt nearly the same, for looking in what was said. Where the server has not got it, or does not let this
-- role have it, words are looked for as they are. There is no index: under row-level security PostgreSQL uses none for text
-- search (its operators are not leakproof), and a channel's messages are found by the indexes that are there.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pg_trgm is not there: %', SQLERRM;
END
$$;
