import { randomBytes, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';

/** Who may call: the app by a JWT it signs, its installation by a token it was given for an hour. */
export type Access = {
  /** GitHub's message when it does not take the JWT. */
  readonly checkApp: (authorization: string | undefined) => string | undefined;
  readonly checkInstallation: (authorization: string | undefined) => string | undefined;
  readonly issueToken: () => { readonly token: string; readonly expiresAt: Date };
  /** Every token given so far stops being taken. */
  readonly expireTokens: () => void;
};

const TOKEN_MS = 3_600_000;
/** GitHub's limit for `exp` is ten minutes ahead; its own clock may differ a little. */
const MOST_AHEAD_S = 600;
const CLAIMS = z.object({ iss: z.union([z.string(), z.number()]), iat: z.int(), exp: z.int() });
const HEADER = z.object({ alg: z.string() });

export function openAccess(appId: number, publicKey: KeyObject): Access {
  const tokens = new Map<string, Date>();
  return {
    checkApp(authorization) {
      const jwt = /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
      return jwt === undefined ? 'Bad credentials' : jwtProblem(jwt, appId, publicKey);
    },
    checkInstallation(authorization) {
      const token = /^(?:token|bearer) (.+)$/i.exec(authorization ?? '')?.[1];
      const until = tokens.get(token ?? '');
      return until === undefined || until.getTime() < Date.now() ? 'Bad credentials' : undefined;
    },
    issueToken() {
      const token = `ghs_${randomBytes(18).toString('base64url')}`;
      const expiresAt = new Date(Date.now() + TOKEN_MS);
      tokens.set(token, expiresAt);
      return { token, expiresAt };
    },
    expireTokens: () => tokens.clear(),
  };
}

function jwtProblem(jwt: string, appId: number, publicKey: KeyObject): string | undefined {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const head = HEADER.safeParse(decode(header));
  if (head.data?.alg !== 'RS256') return 'A JSON web token could not be decoded';
  const genuine = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${claims}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (!genuine) return 'A JSON web token could not be decoded';
  const read = CLAIMS.safeParse(decode(claims));
  if (!read.success) return 'Missing or malformed claims in the JSON web token';
  const now = Date.now() / 1000;
  const { iss, iat, exp } = read.data;
  if (String(iss) !== String(appId)) return 'Integration not found';
  if (exp > now + MOST_AHEAD_S) return "'Expiration time' claim ('exp') is too far in the future";
  if (exp < now) return "'Expiration time' claim ('exp') must be a numeric value representing the future time";
  return iat > now + 60 ? "'Issued at' claim ('iat') must be an Integer representing the time" : undefined;
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
