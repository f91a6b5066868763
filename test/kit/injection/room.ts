import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { openReadPdf } from '../../../src/agent/files/read-pdf.ts';
import { openBuiltins } from '../../../src/agent/tools/builtin/open.ts';
import { openMemoryTools } from '../../../src/agent/tools/memory/open.ts';
import { openStore } from '../../../src/db/store.ts';
import type { Event } from '../../../src/model/event.ts';
import type { PolicyLayer } from '../../../src/model/policy.ts';
import { systemClock } from '../../../src/observe/clock.ts';
import { openMetrics } from '../../../src/observe/metrics.ts';
import { openTestHub, type TestHub } from '../hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage, type PaperPlatform } from '../paper-platform.ts';
import { notedTool, type NotedTool } from '../tools.ts';
import { openObedient, type Obedient } from './obedient.ts';
import { SECRET } from './payloads.ts';

/** A hub with every tool there is, an obedient model, a site, and tools that note what is done. */
export type Room = {
  readonly hub: TestHub;
  readonly paper: PaperPlatform;
  readonly model: Obedient;
  /** `http://site.test:port`: an admin allows it. */
  readonly site: string;
  /** What was asked of it: path and query. */
  readonly visits: readonly string[];
  /** Tools that change something, as servers and plugins bring them. */
  readonly writers: readonly NotedTool[];
  /** What outside programs say, by the id of a case: a page, a file, a result. */
  readonly outside: Map<string, string>;
  readonly say: (of: number, text: string, more?: Saying) => Promise<void>;
  /** Until nothing runs any more: all is answered, or waits for a person. */
  readonly quiet: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export type Saying = Parameters<typeof paperMessage>[1] & {
  readonly channel?: string;
  readonly message?: Partial<(Event & { kind: 'message' })['message']>;
};

const idOf = (args: unknown): string =>
  typeof args === 'object' && args !== null && 'id' in args ? String(args.id) : '';

export async function openRoom(policy: PolicyLayer): Promise<Room> {
  const outside = new Map<string, string>();
  const site = await openSite(outside);
  const model = openObedient();
  const paper = openPaperPlatform(
    {},
    {
      fetchAttachment: async (_access, handle) => ({
        bytes: Buffer.from(outside.get(handle) ?? ''),
        mediaType: 'text/plain',
        truncated: false,
      }),
    },
  );
  const id = { type: 'object', properties: { id: { type: 'string' } } };
  const outsider = (name: string) =>
    notedTool({ name, origin: 'external', parameters: id }, (args) => outside.get(idOf(args)) ?? 'nothing');
  const writers = ['wiki_write', 'mailer_send'].map((name) =>
    notedTool({ name, effect: 'writes', origin: 'external', idempotent: name === 'mailer_send' }),
  );
  const leaky = notedTool({ name: 'leaky_read', origin: 'external' }, () => `TOKEN=${SECRET} it says`);
  const log = pino({ level: 'silent' });
  const http = { allow: [site.origin], resolve: () => Promise.resolve(['127.0.0.1']), isPublic: () => true };
  const hub = await openTestHub(paper, model.script, {
    policy,
    secrets: [SECRET],
    tools: [outsider('wiki_read'), outsider('read_file'), leaky, ...writers],
    boxes: (db) => [
      openBuiltins({
        db,
        clock: systemClock,
        log,
        metrics: openMetrics(),
        http,
        store: openStore(db),
        readPdf: openReadPdf(),
        adapterOf: () => paper.adapter,
      }),
      openMemoryTools(db),
    ],
  });
  return {
    hub,
    paper,
    model,
    site: site.origin,
    visits: site.visits,
    writers,
    outside,
    async say(of, text, { channel = `c${of}`, message, ...more } = {}) {
      const event = paperMessage(text, { thread: `t${of}`, ...more });
      const place = { ...event.place, channel };
      await hub.accept(paperDelivery({ ...event, place, message: { ...event.message, ...message } }));
    },
    quiet: () => quiet(hub),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await site.close();
    },
  };
}

async function openSite(outside: ReadonlyMap<string, string>) {
  const visits: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    visits.push(url);
    response.setHeader('content-type', 'text/plain').end(outside.get(url.slice(1)) ?? 'nothing');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    origin: `http://site.test:${port}`,
    visits,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function quiet({ database }: TestHub): Promise<void> {
  for (const until = Date.now() + 50_000; ;) {
    // A turn that waits for a person has been put off until then; its question is shown before.
    const [row] = await database.db.sql<{ open: number }[]>`
      select count(*)::int as open from switchboard.messages m left join switchboard.turns t on t.id = m.turn_id
      where m.state = 'waiting' and not coalesce(t.retry_at > now() + interval '1 minute', false)`;
    if (row?.open === 0) return;
    if (Date.now() > until) throw new Error(`${row?.open} messages still wait`);
    await sleep(50);
  }
}
