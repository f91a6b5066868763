import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bodyOf } from '../kit/body.ts';
import { openServer } from '../kit/server.ts';
import type { StandIn } from '../kit/stand-in.ts';

/** The page where a person types a mention into any of the stand-ins and watches the bot answer. */
export type Page = { readonly url: string; readonly [Symbol.asyncDispose]: () => Promise<void> };

const MOST_BODY = 100_000;

const FILES: Readonly<Record<string, { name: string; type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
  '/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
};

/** @param port 0: one that is free. */
export async function servePage(standIns: readonly StandIn[], port: number): Promise<Page> {
  const server = await openServer(port);
  server.serve((request, response) =>
    answer(standIns, request, response).catch((error: unknown) => {
      send(response, 500, { error: error instanceof Error ? error.message : 'failed' });
    }),
  );
  return server;
}

async function answer(standIns: readonly StandIn[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const file = FILES[pathname];
  if (request.method === 'GET' && file !== undefined) {
    const headers = { 'content-type': file.type, 'content-security-policy': "default-src 'self'" };
    response.writeHead(200, headers).end(await readFile(join(import.meta.dirname, file.name)));
  } else if (request.method === 'GET' && pathname === '/state') {
    send(response, 200, standIns.map(stateOf));
  } else if (request.method === 'POST' && pathname === '/say') {
    await say(standIns, request, response);
  } else {
    send(response, 404, { error: 'nothing is here' });
  }
}

function stateOf(standIn: StandIn): object {
  const messages = standIn.visible().slice(-60);
  const calls = standIn.ledger.entries
    .slice(-12)
    .map(({ at, call, status, performed }) => ({ at, call, status, performed }));
  return { name: standIn.name, messages, calls };
}

async function say(standIns: readonly StandIn[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Only this page may speak: another site's form cannot send JSON.
  if (request.headers['content-type'] !== 'application/json')
    return send(response, 415, { error: 'send application/json' });
  const given = await bodyOf(request, MOST_BODY);
  if (given === undefined) throw new Error('too long');
  const body: unknown = JSON.parse(given);
  const { platform, text, thread } = asUtterance(body);
  const standIn = standIns.find((candidate) => candidate.name === platform);
  if (standIn === undefined || text === '') return send(response, 400, { error: 'name a platform and a text' });
  const said = await standIn.say(thread === '' ? { text } : { text, thread, plain: true });
  send(response, 200, said);
}

function asUtterance(body: unknown): { platform: string; text: string; thread: string } {
  const field = (name: string): string => {
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === 'string' ? value.trim() : '';
  };
  return { platform: field('platform'), text: field('text'), thread: field('thread') };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
