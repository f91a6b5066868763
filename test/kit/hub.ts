import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { openAgent } from '../../src/agent/agent.ts';
import { openTemplates } from '../../src/agent/templates.ts';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization, type Database } from '../../src/db/database.ts';
import { openDeeds } from '../../src/db/deeds.ts';
import { savePolicies } from '../../src/db/policies.ts';
import { openStore } from '../../src/db/store.ts';
import { openAccept, type Recipient } from '../../src/intake/accept.ts';
import { startWork } from '../../src/jobs/work.ts';
import type { RouteRequest, RouterEvent } from '../../src/llm/route-request.ts';
import type { Route } from '../../src/llm/route.ts';
import type { Delivery } from '../../src/model/event.ts';
import type { PolicyLayer } from '../../src/model/policy.ts';
import type { Tool, Toolbox } from '../../src/model/tool.ts';
import { systemClock } from '../../src/observe/clock.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';
import type { PaperPlatform } from './paper-platform.ts';

export type MessageState = {
  readonly external_id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly text: string;
};

/** A hub without HTTP: a database, intake, one worker, a platform of paper, a model that a test writes. */
export type TestHub = {
  readonly database: TestDatabase;
  readonly recipient: Recipient;
  readonly accept: (delivery: Delivery) => Promise<string>;
  /** Every message's state, in the order of sending, once none waits any more. */
  readonly settled: (withinMs?: number) => Promise<readonly MessageState[]>;
  readonly messages: () => Promise<readonly MessageState[]>;
  /** One more worker. */
  readonly work: () => AsyncDisposable;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** A model's answer: text at once, pieces over time, or events of its own making. */
export type Script = (request: RouteRequest, signal: AbortSignal) => AsyncIterable<RouterEvent> | string;

/** What a test may want otherwise. */
export type TestHubOptions = {
  readonly inDoubt?: 'repeat' | 'leave';
  readonly policy?: PolicyLayer;
  /** What the model takes in beside words; default: nothing. */
  readonly senses?: Pick<Route, 'sees' | 'hear'>;
  readonly tools?: readonly Tool[];
  /** More of them, that need the database. */
  readonly boxes?: (db: Database) => readonly Toolbox[];
  readonly secrets?: readonly string[];
  /** What the model makes of a conversation that is put in short. */
  readonly minutes?: Script;
  /** How many work at the same threads; default: one. */
  readonly workers?: number;
  /** How a suspicious turn is run alone. Default: a program that does nothing. */
  readonly alone?: readonly [string, ...string[]];
};

export async function openTestHub(
  paper: PaperPlatform,
  script: Script,
  options: TestHubOptions = {},
): Promise<TestHub> {
  const database = await openTestDatabase();
  const { db, url } = database;
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const recipient = { organization: DEFAULT_ORGANIZATION, app: environmentApp('web') };
  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web'], options.inDoubt));
  if (options.policy !== undefined)
    await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => savePolicies(tx, options.policy ?? {}, []));
  const minutes = options.minutes ?? (() => 'They talked.');
  const route: Route = {
    ...options.senses,
    stream: (request, signal) => play((request.task === 'minutes' ? minutes : script)(request, signal)),
  };
  const metrics = openMetrics();
  const templates = openTemplates({ db, clock: systemClock, log });
  const agent = openAgent({
    store: openStore(db),
    deeds: openDeeds(db),
    clock: systemClock,
    routeOf: () => Promise.resolve(route),
    persona: { name: 'Switchboard', instructions: '' },
    templates,
    cacheSecret: () => Promise.resolve(Buffer.from('of the tests')),
    metrics,
    adapterOf: () => paper.adapter,
    toolboxes: [
      { name: 'test', tools: () => Promise.resolve(options.tools ?? []), [Symbol.asyncDispose]: async () => {} },
      ...(options.boxes?.(db) ?? []),
    ],
    secretsOf: () => options.secrets ?? [],
    alone: false,
  });
  const alone = { command: options.alone ?? (['true'] as const), environment: {} };
  const work = (): AsyncDisposable => startWork({ db, url, agent, concurrency: 16, alone, log });
  const works = Array.from({ length: options.workers ?? 1 }, work);
  const accept = openAccept(db);
  const messages = (): Promise<readonly MessageState[]> =>
    inOrganization(
      db,
      DEFAULT_ORGANIZATION,
      (tx) =>
        tx<
          MessageState[]
        >`select external_id, state, reason, text from switchboard.messages order by sent_at, external_id`,
    );
  return {
    database,
    recipient,
    accept: (delivery) => accept(recipient, delivery, new Date()),
    messages,
    work,
    async settled(withinMs = 10_000) {
      for (const until = Date.now() + withinMs; ;) {
        const rows = await messages();
        if (rows.length > 0 && rows.every((row) => row.state !== 'waiting')) return rows;
        if (Date.now() > until) throw new Error(`messages still wait: ${JSON.stringify(rows)}`);
        await sleep(15);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(works.map((work) => work[Symbol.asyncDispose]()));
      await templates[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function* play(script: AsyncIterable<RouterEvent> | string): AsyncIterable<RouterEvent> {
  if (typeof script !== 'string') {
    yield* script;
    return;
  }
  yield { kind: 'text', text: script };
  yield {
    kind: 'usage',
    target: 'test',
    cost: undefined,
    usage: { inputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 1, reasoningTokens: 0 },
  };
  yield { kind: 'done', reason: 'stop' };
}

/** Pieces of an answer with a pause before each. */
export async function* inPieces(
  pieces: readonly string[],
  everyMs: number,
  signal: AbortSignal,
): AsyncIterable<RouterEvent> {
  for (const text of pieces) {
    await sleep(everyMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    yield { kind: 'text', text };
  }
  yield signal.aborted
    ? { kind: 'failed', fault: 'aborted', message: 'aborted', retryInMs: undefined }
    : { kind: 'done', reason: 'stop' };
}
