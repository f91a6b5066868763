import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { InboundRequest } from '../../src/model/adapter.ts';
import { toFailure } from '../../src/model/failure.ts';
import type { Keys } from './keys.ts';
import type { Activity } from './payload.ts';
import { tenantOf } from './place.ts';

/** Whom tokens have to be for. */
export type Audience = {
  readonly appId: string;
  /** Of an app that serves one organization only. */
  readonly tenant: string | undefined;
};

/** A genuine token's claims that the activity has to fit, or the refusal. */
export type Checked =
  | { readonly serviceUrl: unknown; readonly endorsements: readonly string[] }
  | { readonly status: 401 | 503; readonly reason: string };

const ISSUER = 'https://api.botframework.com';
/** docs: Authentication with the Bot Connector API, "industry-standard clock-skew is 5 minutes". */
const CLOCK_SKEW_S = 300;

const denied = (reason: string): Checked => ({ status: 401, reason });

/** Checks the bearer token by itself: signature, issuer, audience, time. Never rejects. */
export async function checkToken(request: InboundRequest, keys: Keys, { appId }: Audience): Promise<Checked> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (token === undefined) return denied('Authorization must be a Bearer token of the Bot Framework');
  const header = headerOf(token);
  if (header?.alg !== 'RS256' || header.kid === undefined)
    return denied('the token must be signed by RS256 with a key id');
  try {
    const found = await keys.find(header.kid);
    if (found === undefined) return denied('the token is signed with a key that the Bot Framework does not publish');
    const { payload } = await jwtVerify(token, found.key, {
      algorithms: ['RS256'],
      issuer: ISSUER,
      audience: appId,
      clockTolerance: CLOCK_SKEW_S,
      currentDate: request.receivedAt,
      requiredClaims: ['exp', 'nbf'],
    });
    return { serviceUrl: payload['serviceurl'], endorsements: found.endorsements };
  } catch (thrown) {
    if (thrown instanceof errors.JOSEError) return denied(reasonOf(thrown));
    return { status: 503, reason: `not now: ${toFailure(thrown, 'unavailable').message}` };
  }
}

/** Undefined: the activity is what the token was made for. */
export function whyNotForIt(
  activity: Activity,
  token: Extract<Checked, { endorsements: unknown }>,
  { tenant }: Audience,
): string | undefined {
  // A token of another conversation's region must not lend its trust to an address of the sender's choice.
  if (token.serviceUrl !== activity.serviceUrl) return 'the token’s serviceurl is not the activity’s serviceUrl';
  if (!token.endorsements.includes(activity.channelId)) {
    return 'the token’s key is not endorsed for the activity’s channelId';
  }
  if (tenant !== undefined && tenantOf(activity).toLowerCase() !== tenant.toLowerCase()) {
    return 'the activity is of another tenant than MicrosoftAppTenantId';
  }
  return undefined;
}

function headerOf(token: string): { alg?: unknown; kid?: string } | undefined {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return { alg, ...(typeof kid === 'string' && { kid }) };
  } catch {
    return undefined;
  }
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'the token’s signature does not fit';
  if (error.claim === 'aud') return 'the token is for another app than MicrosoftAppId';
  if (error.claim === 'iss') return `the token’s issuer must be ${ISSUER}`;
  if (error.claim === 'nbf') return 'the token is not valid yet';
  return 'the token lacks a claim';
}
