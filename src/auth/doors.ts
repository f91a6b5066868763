/** What is to be known of a way in before it is taken. */
export type Door = {
  /** It changes the account itself: nothing for a session that an organization's own provider vouches for. */
  readonly account: boolean;
};

const OPEN: Door = { account: false };
const ACCOUNT: Door = { account: true };

/**
 * All that is served under `/api/auth`. A list of what is open, and not of what is closed: better-auth and its plugins bring
 * about fifty ways in, and the next version may bring more.
 */
const DOORS: Readonly<Record<string, Door>> = {
  'POST /first-run': OPEN,
  'GET /offers': OPEN,
  'POST /invitation/look': OPEN,
  'POST /invitation/accept': ACCOUNT,
  'POST /sign-in/email': OPEN,
  'POST /sign-in/social': OPEN,
  'POST /sign-in/sso': OPEN,
  'GET /sso/callback': OPEN,
  'POST /sign-out': OPEN,
  'GET /get-session': OPEN,
  'POST /request-password-reset': OPEN,
  'POST /reset-password': OPEN,
  'GET /verify-email': OPEN,
  'POST /send-verification-email': OPEN,
  'POST /two-factor/verify-totp': OPEN,
  'POST /two-factor/verify-backup-code': OPEN,
  'GET /passkey/generate-authenticate-options': OPEN,
  'POST /passkey/verify-authentication': OPEN,
  'POST /change-password': ACCOUNT,
  'POST /update-user': ACCOUNT,
  'POST /link-social': ACCOUNT,
  'GET /list-accounts': ACCOUNT,
  'POST /unlink-account': ACCOUNT,
  'POST /two-factor/enable': ACCOUNT,
  'POST /two-factor/disable': ACCOUNT,
  'POST /two-factor/generate-backup-codes': ACCOUNT,
  'GET /passkey/generate-register-options': ACCOUNT,
  'POST /passkey/verify-registration': ACCOUNT,
  'GET /passkey/list-user-passkeys': ACCOUNT,
  'POST /passkey/delete-passkey': ACCOUNT,
  'POST /passkey/update-passkey': ACCOUNT,
};

/** Where a provider of the whole hub sends people back; some post. */
const CALLBACK = /^(GET|POST) \/callback\/[a-z0-9-]{1,40}$/;

/** Undefined: nothing is served there. Pure. */
export function doorOf(method: string, path: string): Door | undefined {
  const name = `${method} ${path}`;
  if (Object.hasOwn(DOORS, name)) return DOORS[name];
  return CALLBACK.test(name) ? OPEN : undefined;
}
