import { Hono } from 'hono';
import type { Identify } from '../auth/principal.ts';
import { isAtLeast } from '../auth/roles.ts';
import { backOf, type Connections } from '../connect/connections.ts';
import { finish } from '../connect/steps.ts';
import { Failure } from '../model/failure.ts';
import { actorOf, keep } from './connect.ts';

export type ConnectPagesOptions = { readonly connections: Connections; readonly identify: Identify };

/** Letters of what a platform sends back. */
const MOST_QUERY = 4_000;

/**
 * Where platforms send people back to: `/connect/:platform/callback`. It changes something by a link that anybody can send, so
 * the state in it has to be the one that this person was given here, and is good for one time. Always leads on into the console.
 */
export function connectPages({ connections, identify }: ConnectPagesOptions) {
  return new Hono().get('/connect/:platform/callback', async (c) => {
    const lead = (query: Readonly<Record<string, string>>): Response => {
      const response = c.redirect(`/${backOf(c.req.query('state'))}?${new URLSearchParams(query).toString()}`, 303);
      // The address holds a code, which is nobody's business.
      response.headers.set('referrer-policy', 'no-referrer');
      response.headers.set('cache-control', 'no-store');
      return response;
    };
    try {
      const { search } = new URL(c.req.url);
      if (search.length > MOST_QUERY) throw new Failure('invalid', 'what came back is too long: begin again');
      const principal = await identify(c.req.raw);
      if (principal?.kind !== 'person')
        throw new Failure('unauthorized', 'you are not signed in any more: sign in and begin again');
      if (!isAtLeast(principal.role, 'admin'))
        throw new Failure('refused', 'connecting takes the role admin: ask an owner of the organization');
      const asked = { platform: c.req.param('platform'), query: c.req.query() };
      const step = await finish(connections, actorOf(principal), asked);
      const { app, go, installs } = await keep(connections, principal, step, { what: 'app.connected' });
      // A link that leads on; what has to be posted is offered by the page.
      if (go !== null && go.form === null) return c.redirect(go.url, 303);
      return lead({ connected: app, installs: String(installs.length) });
    } catch (thrown) {
      if (thrown instanceof Failure) return lead({ problem: thrown.message.slice(0, 500) });
      connections.log.error({ error: thrown }, 'somebody came back from a platform, and it failed');
      return lead({ problem: 'it failed: the reason is in the log' });
    }
  });
}
