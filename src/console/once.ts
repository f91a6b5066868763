import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { beginCall, endCall, type ApiCall } from '../db/api-calls.ts';
import { inOrganization, type Database } from '../db/database.ts';
import type { ApiEnv } from './endpoint.ts';
import { problem } from './problem.ts';
import type { KeyRing } from '../vault/keys.ts';
import { seal, unseal } from '../vault/seal.ts';

const HEADER = 'Idempotency-Key';
const LONGEST = 200;

export type OnceOptions = { readonly db: Database; readonly keys: () => Promise<KeyRing> };

/**
 * A changing request with an `Idempotency-Key` is done once in 24 hours: the same one again gets the same answer. What failed
 * with 5xx may be tried again. Answers are kept sealed: some hold a key that is shown once.
 */
export function once({ db, keys }: OnceOptions): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const key = c.req.header(HEADER);
    if (key === undefined || c.req.method === 'GET') return next();
    if (key === '' || key.length > LONGEST) return problem(c, 400, `${HEADER}: 1 to ${LONGEST} characters`);
    const { organization, kind, id } = c.get('principal');
    const request = createHash('sha256')
      .update(`${c.req.method} ${c.req.url}\n`)
      .update(new Uint8Array(await c.req.arrayBuffer()));
    const call = { actor: `${kind}/${id}`, key, request: request.digest('hex') };
    const before = await inOrganization(db, organization, (tx) => beginCall(tx, call));
    if (before !== undefined && before.request !== call.request)
      return problem(c, 422, `${HEADER}: this key was used for another request; take a new one`);
    if (before !== undefined && before.status === undefined)
      return problem(c, 409, `${HEADER}: the first request with this key is still being done`, { 'retry-after': '1' });
    if (before?.status !== undefined) {
      const headers = { 'content-type': 'application/json', 'idempotency-replayed': 'true' };
      const response = await unseal(await keys(), before.response, purposeOf(organization, call));
      return new Response(response === '' ? null : response, { status: before.status, headers });
    }
    await next();
    return remember({ db, keys }, c, call);
  };
}

/** Keeps what was answered, unless it failed in a way that does not count. */
async function remember({ db, keys }: OnceOptions, c: Context<ApiEnv>, call: ApiCall): Promise<void> {
  const { organization } = c.get('principal');
  const { status } = c.res;
  const text = status >= 500 ? '' : await c.res.clone().text();
  const response = await seal(await keys(), text, purposeOf(organization, call));
  await inOrganization(db, organization, (tx) => endCall(tx, call, status >= 500 ? undefined : { status, response }));
}

const purposeOf = (organization: string, { actor, key }: ApiCall): string => `${organization}/api-call/${actor}/${key}`;
