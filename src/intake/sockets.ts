import { inOrganization, type Database } from '../db/database.ts';
import { loadSession, saveSession } from '../db/gateway-sessions.ts';
import { leadOne } from '../db/leadership.ts';
import type { AccessOf } from '../model/access-of.ts';
import type { Heard } from '../model/adapter.ts';
import { toFailure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Accept } from './accept.ts';
import { tend, type AppsView } from './apps-view.ts';
import { EAR_TIMES, openEar, type Ear, type EarTimes } from './ear.ts';
import type { ShowForm } from './forms.ts';
import type { ConnectedApp } from './hooks.ts';

export type SocketsOptions = {
  readonly db: Database;
  readonly accept: Accept;
  /** Default: no forms are shown. */
  readonly showForm?: ShowForm;
  readonly apps: AppsView;
  readonly accessOf?: AccessOf;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Default: `EAR_TIMES`. */
  readonly ears?: EarTimes;
};

export type Sockets = { readonly [Symbol.asyncDispose]: () => Promise<void> };

/** Milliseconds between two tries to save what was heard while the database is away. */
const RETRY_MS = 500;

/** Listens at every gateway, each in one process at a time, and goes on from the last committed event after a restart. */
export function openSockets(options: SocketsOptions): Sockets {
  const closing = new AbortController();
  const isGateway = (app: ConnectedApp): boolean => app.adapter.listen !== undefined;
  const running = tend(options.apps, closing.signal, isGateway, (app, until) =>
    leadOne(options.db, `gateway/${app.app}`, until, (signal) => listenAt(options, app, signal)),
  );
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await running;
    },
  };
}

async function listenAt(options: SocketsOptions, app: ConnectedApp, signal: AbortSignal): Promise<void> {
  const { db, log } = options;
  const { platform } = app.adapter;
  const session = await inOrganization(db, app.organization, (tx) => loadSession(tx, app.app));
  const reconnecting = new AbortController();
  await using ear = await openEar(options, app, () => reconnecting.abort(), options.ears ?? EAR_TIMES);
  const until = AbortSignal.any([signal, reconnecting.signal]);
  log.info({ platform, resumed: session !== undefined }, 'listening at the gateway');
  try {
    await commitInOrder({ ...options, ear }, app, app.adapter.listen?.(session, until) ?? noSocket(), until);
  } catch (thrown) {
    log.error(
      { platform, reason: toFailure(thrown, 'unavailable').message },
      'the gateway was lost; it is opened again',
    );
  }
}

type Committing = SocketsOptions & { readonly ear: Ear };

/**
 * Commits what was heard, in groups: what arrives while one group is being written forms the next. The session is saved
 * after the group that it covers, so that a crash in between hears the group again, and its keys keep it from doubling.
 */
async function commitInOrder(
  options: Committing,
  app: ConnectedApp,
  heard: AsyncIterable<Heard>,
  signal: AbortSignal,
): Promise<void> {
  let waiting: Heard[] = [];
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await commitGroup(options, app, group, signal);
    }
    writing = undefined;
  };
  for await (const item of heard) {
    waiting.push(item);
    writing ??= write();
    // Heard of below, once the gateway has ended as well: until then nobody waits for it, which would end the process.
    writing.catch(() => {});
  }
  await writing;
}

async function commitGroup(
  options: Committing,
  app: ConnectedApp,
  group: readonly Heard[],
  signal: AbortSignal,
): Promise<void> {
  const { db, accept, log, metrics } = options;
  const { platform } = app.adapter;
  for (;;) {
    try {
      const receivedAt = new Date();
      const deliveries = group.flatMap((item) => item.delivery ?? []);
      await Promise.all(deliveries.map((delivery) => accept(app, delivery, receivedAt)));
      await options.ear.hear(group);
      await inOrganization(db, app.organization, (tx) => saveSession(tx, app.app, group.at(-1)?.session));
      // Nobody waits for these: a platform shows a form when it is told to.
      const clicks = group.flatMap(({ click }) => click ?? []);
      clicks.forEach((click) => void options.showForm?.(app, click));
      metrics.deliveries.inc(
        { platform, outcome: 'accepted' },
        group.filter((item) => item.delivery !== undefined).length,
      );
      return;
    } catch (thrown) {
      // A gateway keeps no copy for us while the socket lives: hold on to the group until it is written.
      log.error(
        { platform, reason: toFailure(thrown, 'unavailable').message },
        'events of the gateway could not be committed; they are tried again',
      );
      if (signal.aborted) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function* noSocket(): AsyncIterable<Heard> {}
