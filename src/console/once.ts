import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { beginCall, endCall, type ApiCall } from '../db/api-calls.ts';
import { inOrganization, type Database } from '../db/database.ts';
import type { ApiEnv } from './endpoint.ts';
import { problem } from './problem.ts';

const HEADER = 'Idempotency-Key';
const LONGEST = 200;

/**
 * A changing request with an `Idempotency-Key` is done once in 24 hours: the same one again gets the same answer. What failed
 * with 5xx may be tried again.
 */
export function once(db: Database): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const key = c.req.header(HEADER);
    if (key === undefined || c.req.method === 'GET') return next();
    if (key === '' || key.length > LONGEST) return problem(c, 400, `${HEADER}: 1 to ${LONGEST} characters`);
    const { organization, kind, id } = c.get('principal');
    const request = createHash('sha256')
      .update(`${c.req.method} ${c.req.url}\n`)
      .update(await c.req.text());
    const call = { actor: `${kind}/${id}`, key, request: request.digest('hex') };
    const before = await inOrganization(db, organization, (tx) => beginCall(tx, call));
    if (before !== undefined && before.request !== call.request)
      return problem(c, 422, `${HEADER}: this key was used for another request; take a new one`);
    if (before !== undefined && before.status === undefined)
      return problem(c, 409, `${HEADER}: the first request with this key is still being done`, { 'retry-after': '1' });
    if (before?.status !== undefined) {
      const headers = { 'content-type': 'application/json', 'idempotency-replayed': 'true' };
      return new Response(before.response === '' ? null : before.response, { status: before.status, headers });
    }
    await next();
    return remember(db, c, call);
  };
}

/** Keeps what was answered, unless it failed in a way that does not count. */
async function remember(db: Database, c: Context<ApiEnv>, call: ApiCall): Promise<void> {
  const { status } = c.res;
  const outcome = status >= 500 ? undefined : { status, response: await c.res.clone().text() };
  await inOrganization(db, c.get('principal').organization, (tx) => endCall(tx, call, outcome));
}
