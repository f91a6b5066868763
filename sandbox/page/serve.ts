import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { bodyOf } from '../kit/body.ts';
import { openServer } from '../kit/server.ts';
import type { Stage } from '../stage/stage.ts';

/** The page where a person talks to the bot in any of the stand-ins, and does all else that people do there. */
export type Page = { readonly url: string; readonly [Symbol.asyncDispose]: () => Promise<void> };

const MOST_BODY = 100_000;
const MOST_MESSAGES = 60;

const SCRIPT = 'text/javascript; charset=utf-8';
const FILES: Readonly<Record<string, { name: string; type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
  '/page.js': { name: 'page.js', type: SCRIPT },
  '/message.js': { name: 'message.js', type: SCRIPT },
  '/dom.js': { name: 'dom.js', type: SCRIPT },
};

/** @param port 0: one that is free. */
export async function servePage(stages: readonly Stage[], port: number): Promise<Page> {
  const server = await openServer(port);
  server.serve((request, response) =>
    answer(stages, request, response).catch((error: unknown) => {
      send(response, 500, { error: error instanceof Error ? error.message : 'failed' });
    }),
  );
  return server;
}

async function answer(stages: readonly Stage[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const file = FILES[pathname];
  const deed = DEEDS.get(pathname);
  if (request.method === 'GET' && file !== undefined) {
    const headers = { 'content-type': file.type, 'content-security-policy': "default-src 'self'" };
    response.writeHead(200, headers).end(await readFile(join(import.meta.dirname, file.name)));
  } else if (request.method === 'GET' && pathname === '/favicon.ico') {
    response.writeHead(204).end();
  } else if (request.method === 'GET' && pathname === '/state') {
    send(response, 200, stages.map(stateOf));
  } else if (request.method === 'POST' && deed !== undefined) {
    await perform(stages, deed, request, response);
  } else {
    send(response, 404, { error: 'nothing is here' });
  }
}

function stateOf(stage: Stage): object {
  const { name, title, emoji, standIn } = stage;
  const calls = standIn.ledger.entries
    .slice(-12)
    .map(({ at, call, status, performed }) => ({ at, call, status, performed }));
  const messages = stage.shown().slice(-MOST_MESSAGES);
  return { name, title, emoji, messages, notices: stage.notices(), form: stage.form(), calls };
}

const some = z.string().trim().min(1);
const GIVEN = z.object({
  platform: some,
  id: some.optional(),
  text: some.optional(),
  thread: some.optional(),
  emoji: some.optional(),
  control: some.optional(),
  value: z.string().optional(),
  values: z.record(z.string(), z.string()).optional(),
});
type Given = z.output<typeof GIVEN>;

/** What was done, for the line below the conversation. */
type Done = { readonly how: string; readonly status: number | undefined };
type Deed = (stage: Stage, given: Given) => Promise<Done>;

const DEEDS: ReadonlyMap<string, Deed> = new Map<string, Deed>([
  [
    '/say',
    async (stage, { text, thread }) => {
      const { status } = await stage.say({ text: need(text, 'text'), ...(thread !== undefined && { thread }) });
      return { how: 'says it', status };
    },
  ],
  [
    '/edit',
    async (stage, { id, text }) => {
      const status = await stage.edit(need(id, 'id'), need(text, 'text'));
      return { how: 'edits it', status };
    },
  ],
  ['/remove', async (stage, { id }) => ({ how: 'deletes it', status: await stage.remove(need(id, 'id')) })],
  [
    '/react',
    async (stage, { id, emoji }) => {
      const status = await stage.react(need(id, 'id'), need(emoji, 'emoji'));
      return { how: `reacts with ${emoji}`, status };
    },
  ],
  ['/press', (stage, { id, control, value }) => stage.press(need(id, 'id'), need(control, 'control'), value)],
  ['/stop', (stage, { thread }) => stage.stop(need(thread, 'thread'))],
  ['/submit', async (stage, { values }) => ({ how: 'sends the form', status: await stage.submit(values ?? {}) })],
]);

function need(value: string | undefined, name: string): string {
  if (value === undefined) throw new Error(`name the ${name}`);
  return value;
}

/** What a person cannot do is a 400 that says why. */
async function perform(
  stages: readonly Stage[],
  deed: Deed,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Only this page may act: another site's form cannot send JSON.
  if (request.headers['content-type'] !== 'application/json')
    return send(response, 415, { error: 'send application/json' });
  const body = await bodyOf(request, MOST_BODY);
  if (body === undefined) return send(response, 413, { error: `more than ${MOST_BODY} bytes` });
  try {
    const given = GIVEN.safeParse(JSON.parse(body));
    const stage = stages.find(({ name }) => name === given.data?.platform);
    if (given.data === undefined || stage === undefined)
      return send(response, 400, { error: `name a platform: ${stages.map(({ name }) => name).join(', ')}` });
    send(response, 200, await deed(stage, given.data));
  } catch (error) {
    send(response, 400, { error: error instanceof Error ? error.message : 'that cannot be done' });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
