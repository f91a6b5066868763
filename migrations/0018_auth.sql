-- Sign-in has a schema and a role of its own: what the program does for tenants never sees a password, a session or a key.
-- Tables with capitals are better-auth's, as its own generator writes them (1.7.7); the others are ours.
DO $$
BEGIN
  BEGIN
    CREATE ROLE switchboard_auth NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
  END;
  IF NOT pg_has_role(current_user, 'switchboard_auth', 'SET') THEN
    GRANT switchboard_auth TO CURRENT_USER;
  END IF;
END $$;
--> statement-breakpoint
CREATE SCHEMA auth;
--> statement-breakpoint
CREATE TABLE auth."user" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
	"name" text NOT NULL,
	"email" text NOT NULL UNIQUE CHECK ("email" = lower("email")),
	"emailVerified" boolean NOT NULL,
	"image" text,
	"createdAt" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
	"updatedAt" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
	"twoFactorEnabled" boolean
);
--> statement-breakpoint
CREATE TABLE auth."session" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
	"expiresAt" timestamptz NOT NULL,
	"token" text NOT NULL UNIQUE,
	"createdAt" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
	"updatedAt" timestamptz NOT NULL,
	"ipAddress" text,
	"userAgent" text,
	"userId" uuid NOT NULL REFERENCES auth."user" ("id") ON DELETE CASCADE,
	"activeOrganizationId" uuid,
	-- Of a session that an organization's own provider vouches for: it counts in that organization and nowhere else.
	"boundOrganizationId" uuid
);
--> statement-breakpoint
CREATE TABLE auth."account" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
	"accountId" text NOT NULL,
	"providerId" text NOT NULL,
	"userId" uuid NOT NULL REFERENCES auth."user" ("id") ON DELETE CASCADE,
	"accessToken" text,
	"refreshToken" text,
	"idToken" text,
	"accessTokenExpiresAt" timestamptz,
	"refreshTokenExpiresAt" timestamptz,
	"scope" text,
	"password" text,
	"createdAt" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
	"updatedAt" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
	UNIQUE ("providerId", "accountId")
);
--> statement-breakpoint
CREATE TABLE auth."verification" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expiresAt" timestamptz NOT NULL,
	"createdAt" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
	"updatedAt" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL
);
--> statement-breakpoint
CREATE TABLE auth."twoFactor" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
	"secret" text NOT NULL,
	"backupCodes" text NOT NULL,
	"userId" uuid NOT NULL REFERENCES auth."user" ("id") ON DELETE CASCADE,
	"verified" boolean,
	"failedVerificationCount" integer,
	"lockedUntil" timestamptz
);
--> statement-breakpoint
CREATE TABLE auth."passkey" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
	"name" text,
	"publicKey" text NOT NULL,
	"userId" uuid NOT NULL REFERENCES auth."user" ("id") ON DELETE CASCADE,
	"credentialID" text NOT NULL,
	"counter" integer NOT NULL,
	"deviceType" text NOT NULL,
	"backedUp" boolean NOT NULL,
	"transports" text,
	"createdAt" timestamptz,
	"aaguid" text
);
--> statement-breakpoint
CREATE TABLE auth."rateLimit" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
	"key" text NOT NULL UNIQUE,
	"count" integer NOT NULL,
	"lastRequest" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "session_userId_idx" ON auth."session" ("userId");
--> statement-breakpoint
CREATE INDEX "session_expiresAt_idx" ON auth."session" ("expiresAt");
--> statement-breakpoint
CREATE INDEX "account_userId_idx" ON auth."account" ("userId");
--> statement-breakpoint
CREATE INDEX "verification_identifier_idx" ON auth."verification" ("identifier");
--> statement-breakpoint
CREATE INDEX "twoFactor_secret_idx" ON auth."twoFactor" ("secret");
--> statement-breakpoint
CREATE INDEX "twoFactor_userId_idx" ON auth."twoFactor" ("userId");
--> statement-breakpoint
CREATE INDEX "passkey_userId_idx" ON auth."passkey" ("userId");
--> statement-breakpoint
CREATE INDEX "passkey_credentialID_idx" ON auth."passkey" ("credentialID");
--> statement-breakpoint
-- Who is in an organization, and as what.
CREATE TABLE auth.members (
	organization_id uuid NOT NULL,
	user_id uuid NOT NULL REFERENCES auth."user" ("id") ON DELETE CASCADE,
	role text NOT NULL CHECK (role IN ('viewer', 'analyst', 'operator', 'admin', 'owner')),
	created_at timestamptz DEFAULT now() NOT NULL,
	PRIMARY KEY (organization_id, user_id)
);
--> statement-breakpoint
CREATE INDEX members_by_user ON auth.members (user_id, created_at);
--> statement-breakpoint
CREATE TABLE auth.invitations (
	organization_id uuid NOT NULL,
	id uuid DEFAULT gen_random_uuid() NOT NULL,
	email text NOT NULL CHECK (email = lower(email)),
	role text NOT NULL CHECK (role IN ('viewer', 'analyst', 'operator', 'admin', 'owner')),
	-- SHA-256 in hexadecimal; the token itself stands in the link alone.
	token_hash text NOT NULL UNIQUE,
	invited_by uuid NOT NULL REFERENCES auth."user" ("id") ON DELETE CASCADE,
	created_at timestamptz DEFAULT now() NOT NULL,
	expires_at timestamptz NOT NULL,
	accepted_at timestamptz,
	revoked_at timestamptz,
	PRIMARY KEY (organization_id, id)
);
--> statement-breakpoint
CREATE TABLE auth.api_keys (
	organization_id uuid NOT NULL,
	id uuid DEFAULT gen_random_uuid() NOT NULL,
	name text NOT NULL,
	-- Its first characters, by which people know it again.
	start text NOT NULL,
	-- SHA-256 in hexadecimal: of 256 random bits nothing slower is needed.
	hash text NOT NULL UNIQUE,
	role text NOT NULL CHECK (role IN ('viewer', 'analyst', 'operator', 'admin', 'owner')),
	-- Null: all that the role may.
	scopes text[],
	created_by uuid NOT NULL,
	created_at timestamptz DEFAULT now() NOT NULL,
	expires_at timestamptz,
	revoked_at timestamptz,
	-- To the hour.
	used_at timestamptz,
	PRIMARY KEY (organization_id, id),
	-- A key does what whoever made it may: it goes with the membership.
	FOREIGN KEY (organization_id, created_by) REFERENCES auth.members (organization_id, user_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE TABLE auth.sso_providers (
	organization_id uuid NOT NULL,
	id uuid DEFAULT gen_random_uuid() NOT NULL,
	issuer text NOT NULL,
	client_id text NOT NULL,
	sealed_secret text NOT NULL,
	-- Whose addresses it vouches for. One provider each, or nobody could say where an address belongs.
	domain text NOT NULL UNIQUE CHECK (domain = lower(domain)),
	-- Of those who come in by it for the first time.
	role text NOT NULL CHECK (role IN ('viewer', 'analyst', 'operator')),
	created_at timestamptz DEFAULT now() NOT NULL,
	PRIMARY KEY (organization_id, id)
);
--> statement-breakpoint
-- One row while nobody is in: the link by which the first owner comes.
CREATE TABLE auth.first_run (
	id boolean DEFAULT true NOT NULL PRIMARY KEY CHECK (id),
	token_hash text NOT NULL,
	expires_at timestamptz NOT NULL
);
--> statement-breakpoint
-- Passwords tried for an address, known or not.
CREATE TABLE auth.attempts (
	-- SHA-256 of the address, in hexadecimal.
	key text NOT NULL PRIMARY KEY,
	count integer NOT NULL,
	since timestamptz DEFAULT now() NOT NULL
);
--> statement-breakpoint
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['members', 'invitations', 'api_keys', 'sso_providers'] LOOP
    EXECUTE format('ALTER TABLE auth.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE auth.%I FORCE ROW LEVEL SECURITY', name);
    -- Where a transaction works for an organization, it sees that organization's rows only; sign-in itself works for none.
    EXECUTE format('CREATE POLICY organization_isolation ON auth.%I TO switchboard_auth
      USING (coalesce(nullif(current_setting(''switchboard.organization'', true), ''''), organization_id::text) = organization_id::text)
      WITH CHECK (coalesce(nullif(current_setting(''switchboard.organization'', true), ''''), organization_id::text) = organization_id::text)', name);
  END LOOP;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA auth TO switchboard_auth;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA auth TO switchboard_auth;
