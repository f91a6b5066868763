import type { Faults } from '../kit/faults.ts';
import type { Ledger } from '../kit/ledger.ts';
import type { Answering } from '../kit/server.ts';
import { text } from 'node:stream/consumers';
import { appMethods, type Apps } from './app-methods.ts';
import { openAppPage } from './app-pages.ts';
import type { Rotation } from './app-store.ts';
import { openDeliveries, RETRIES_MS } from './deliver.ts';
import { changed, deleted, reacted } from './event-shapes.ts';
import { openLimits } from './limits.ts';
import type { Around, Method } from './method.ts';
import { failed } from './method.ts';
import { chatMethods } from './methods-chat.ts';
import { fileMethods } from './methods-files.ts';
import { otherMethods } from './methods-other.ts';
import { peopleMethods } from './methods-people.ts';
import { answering, argsOf, send, type Serving } from './server.ts';
import { messageShape } from './shapes.ts';
import type { SlackSettings } from './settings.ts';
import { openSpeech, type Speech } from './speech.ts';
import type { Workspace, Workspaces } from './workspaces.ts';
import type { World } from './world.ts';
import { createWorld } from './world.ts';

type Shared = Pick<Serving, 'faults' | 'ledger' | 'nextError'>;

/** What answers the calls of one bot in one workspace. */
export function servingOf(world: World, speech: Speech, settings: SlackSettings, shared: Shared): Serving {
  return {
    methods: new Map<string, Method>([...chatMethods, ...peopleMethods, ...fileMethods, ...otherMethods]),
    around: {
      world,
      ...(settings.echoes === false ? SILENT : openEchoes(world, speech)),
      settings: {
        streamForMs: settings.streamForMs ?? 300_000,
        readLagMs: settings.readLagMs ?? 0,
        mostObjects: settings.onePageEveryMs === undefined ? 999 : 15,
        shareLagMs: settings.shareLagMs ?? 0,
        editForMs: settings.editForMs ?? Infinity,
        scopes: settings.scopes,
      },
    },
    limits: openLimits(settings.limits ?? 'off', settings.onePageEveryMs),
    ...shared,
    answerDelayMs: settings.answerDelayMs ?? 0,
  };
}

/** A workspace of its own for an app that somebody has allowed there; its events go where the app's manifest says. */
export function openWorkspace(
  { app, team, scopes }: Rotation,
  token: string,
  {
    address,
    settings,
    shared,
  }: { readonly address: string; readonly settings: SlackSettings; readonly shared: Shared },
): Workspace & { readonly deliveries: AsyncDisposable } {
  const { signingSecret, manifest } = app;
  const hub = new URL(manifest.settings.event_subscriptions.request_url);
  const deliveries = openDeliveries(signingSecret, settings.retriesMs ?? RETRIES_MS, hub.pathname);
  deliveries.deliverTo(hub.origin);
  const enterprise = team.isEnterprise ? team.id : undefined;
  const ids = { team: team.isEnterprise ? `T0OF${team.id}` : team.id, app: app.id, enterprise };
  const world = createWorld({ address, signingSecret, token, channels: 0, ids });
  const speech = openSpeech(world, deliveries);
  const answer = answering(servingOf(world, speech, { ...settings, scopes }, shared));
  return { app: app.id, team, world, speech, answer, deliveries };
}

export function expireTokens({ all }: Workspaces, inMs: number): void {
  for (const { world } of all)
    for (const [token, endsAt] of world.tokens) if (endsAt !== Infinity) world.tokens.set(token, Date.now() + inMs);
}

type All = Apps & { readonly own: Answering; readonly ledger: Ledger; readonly faults: Faults };

/** Every request goes to the pages, to what is called for apps, or to the workspace whose token it has. */
export function answeringAll(all: All): Answering {
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (await openAppPage({ request, response, url }, all)) return;
    const name = url.pathname.replace(/^\/api\//, '');
    const token = request.headers.authorization?.replace(/^Bearer /i, '') ?? '';
    const method = appMethods.get(name);
    if (method === undefined) return (all.workspaces.byToken(token)?.answer ?? all.own)(request, response);
    const args = argsOf(request, await text(request), url.searchParams);
    const fault = all.faults.next(name);
    const outcome = fault?.kind === 'refuse' ? failed('ratelimited') : method(args, token, all);
    const about = 'error' in outcome ? outcome.error : (outcome.about ?? '');
    all.ledger.write({ call: name, performed: !('error' in outcome), status: 200, about });
    send(response, 200, outcome);
  };
}

type Echoes = Pick<Around, 'tell' | 'tellReaction'>;

const SILENT: Echoes = { tell: () => undefined, tellReaction: () => undefined };

/** What the bot does is told to the app like everything else in its channels. */
function openEchoes(world: World, speech: Speech): Echoes {
  return {
    tell(what, held, before) {
      const channel = world.channels.get(held.channel);
      if (channel === undefined) return;
      const shape = messageShape(world, held, true);
      const type = channel.direct ? 'im' : 'channel';
      const posted = { ...shape, channel: channel.id, event_ts: held.ts, channel_type: type };
      const event =
        what === 'posted'
          ? posted
          : what === 'deleted'
            ? deleted(world, channel, held)
            : changed(world, channel, held, { ...shape, text: before ?? '' });
      void speech.event(event);
    },
    tellReaction: (held, name, added) => void speech.event(reacted(world, held, { user: world.bot.user, name, added })),
  };
}
