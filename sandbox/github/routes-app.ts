import type { Access } from './access.ts';
import { notFound, refusal } from './route.ts';
import type { Answer, Request, Route } from './route.ts';
import { appJson, installationJson } from './shapes.ts';
import type { Attempt, Webhooks } from './webhooks.ts';
import type { World } from './world.ts';

/** What is set of the app, and taking it out. */
function settingRoutes({ installation }: World, access: Access, webhooks: Webhooks): readonly Route[] {
  return [
    {
      method: 'DELETE',
      pattern: '/app/installations/:id',
      auth: 'app',
      handle({ params }) {
        if (!installation.active || params['id'] !== String(installation.id)) return notFound();
        installation.active = false;
        access.expireTokens();
        return { status: 204, about: String(installation.id) };
      },
    },
    {
      method: 'GET',
      pattern: '/app/hook/config',
      auth: 'app',
      handle: () => ({ status: 200, body: { content_type: 'json', insecure_ssl: '0', url: webhooks.url() ?? '' } }),
    },
    { method: 'GET', pattern: '/meta', auth: 'none', handle: () => ({ status: 200, body: {} }) },
  ];
}

/** The app itself: who it is, tokens for its installation, and what was delivered to it. */
export function appRoutes(world: World, access: Access, webhooks: Webhooks): readonly Route[] {
  const { installation } = world;
  return [
    { method: 'GET', pattern: '/app', auth: 'app', handle: () => ({ status: 200, body: appJson(world) }) },
    {
      method: 'GET',
      pattern: '/app/installations',
      auth: 'app',
      handle: () => ({ status: 200, body: installation.active ? [installationJson(world)] : [] }),
    },
    {
      method: 'POST',
      pattern: '/app/installations/:id/access_tokens',
      auth: 'app',
      handle({ params }) {
        if (!installation.active || params['id'] !== String(installation.id)) return notFound();
        const { token, expiresAt } = access.issueToken();
        const permissions = world.permissions.granted;
        const expires_at = expiresAt.toISOString().replace(/\.\d{3}Z$/, 'Z');
        return { status: 201, body: { token, expires_at, permissions, repository_selection: 'all' } };
      },
    },
    ...settingRoutes(world, access, webhooks),
    { method: 'GET', pattern: '/app/hook/deliveries', auth: 'app', handle: (request) => deliveries(webhooks, request) },
    {
      method: 'GET',
      pattern: '/app/hook/deliveries/:id',
      auth: 'app',
      handle({ params }) {
        const attempt = webhooks.attempts.find((attempt) => String(attempt.id) === params['id']);
        if (attempt === undefined) return notFound();
        return {
          status: 200,
          body: { ...attemptJson(attempt, world), request: { payload: JSON.parse(attempt.body) } },
        };
      },
    },
    {
      method: 'POST',
      pattern: '/app/hook/deliveries/:id/attempts',
      auth: 'app',
      // GitHub takes the wish and delivers a moment later.
      handle({ params }) {
        const again = webhooks.redeliver(Number(params['id']));
        return again === undefined ? notFound() : { status: 202, body: {} };
      },
    },
  ];
}

/** Newest first, in pages that a cursor leads through. */
function deliveries({ attempts }: Webhooks, { query, url }: Request): Answer {
  const perPage = Math.min(100, Number(query.get('per_page') ?? 30) || 30);
  const before = Number(query.get('cursor') ?? Number.POSITIVE_INFINITY);
  if (Number.isNaN(before)) return refusal(422, 'Invalid cursor');
  const older = attempts.filter((attempt) => attempt.id < before).toReversed();
  const shown = older.slice(0, perPage);
  const next = new URL(url);
  next.searchParams.set('cursor', String(shown.at(-1)?.id ?? 0));
  const headers = older.length > perPage ? { link: `<${next.href}>; rel="next"` } : undefined;
  return { status: 200, body: shown.map((attempt) => attemptJson(attempt)), ...(headers && { headers }) };
}

function attemptJson(attempt: Attempt, world?: World): object {
  const { id, guid, event, action, redelivery, deliveredAt, durationS, statusCode } = attempt;
  return {
    id,
    guid,
    delivered_at: deliveredAt.toISOString(),
    redelivery,
    duration: durationS,
    status: statusCode >= 200 && statusCode < 300 ? 'OK' : 'Invalid HTTP Response',
    status_code: statusCode,
    event,
    action: action ?? null,
    installation_id: world?.installation.id ?? null,
  };
}
