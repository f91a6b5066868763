import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isUnanswered, leaveUnanswered } from '../kit/fails-after.ts';
import { failsBefore } from '../kit/fails-before.ts';
import type { Faults } from '../kit/faults.ts';
import { objectIn } from '../kit/json.ts';
import type { Ledger } from '../kit/ledger.ts';
import { readBlocks } from './blocks.ts';
import type { Around } from './method.ts';
import { textArg } from './method.ts';
import type { Response, World } from './world.ts';
import { addMessage, addWhisper } from './world.ts';

export type Doors = { readonly around: Around; readonly faults: Faults; readonly ledger: Ledger };

/** What came of a request: a bare text, as these addresses answer. */
type Said = { readonly status: number; readonly text: string; readonly about: string };

/** Addresses that carry their right in themselves: no token is asked for there. Undefined: it is none. */
export function doorOf(path: string): 'upload' | 'response_url' | undefined {
  if (path.startsWith('/upload/v1/')) return 'upload';
  return /^\/(commands|actions)\//.test(path) ? 'response_url' : undefined;
}

export async function openDoor(
  door: 'upload' | 'response_url',
  { request, response, path }: { request: IncomingMessage; response: ServerResponse; path: string },
  { around, faults, ledger }: Doors,
): Promise<void> {
  const body = await buffer(request);
  const fault = faults.next(door);
  const refuse = (status: number, retryAfterMs = 1000): void => {
    const headers = status === 429 ? { 'retry-after': String(retryAfterMs / 1000) } : {};
    response.writeHead(status, headers).end('refused');
  };
  if (await failsBefore(fault, { call: door, response, ledger, refuse })) return;
  const said = door === 'upload' ? takeBytes(path, body, request, around) : take(path, body.toString(), around);
  const performed = said.status === 200;
  const status = fault?.kind === 'perform-then-fail' && performed ? (fault.status ?? 500) : said.status;
  ledger.write({ call: door, performed, status: isUnanswered(fault) ? 0 : status, about: said.about });
  if (isUnanswered(fault)) return leaveUnanswered(fault, response);
  response.writeHead(status, { 'content-type': 'text/plain' }).end(said.text);
}

function takeBytes(path: string, bytes: Buffer, request: IncomingMessage, { world }: Around): Said {
  const upload = world.uploads.get(path.slice('/upload/v1/'.length));
  if (upload === undefined || request.method !== 'POST') return { status: 404, text: 'not found', about: '' };
  if (bytes.byteLength !== upload.length) return { status: 400, text: 'wrong length', about: upload.id };
  upload.arrived = true;
  const mimetype = request.headers['content-type'] ?? 'application/octet-stream';
  world.files.set(upload.id, { id: upload.id, name: upload.name, mimetype, bytes: new Uint8Array(bytes) });
  return { status: 200, text: `OK - ${bytes.byteLength}`, about: upload.id };
}

/** docs: Handling user interaction, "Message responses": five times within thirty minutes. */
const MOST_USES = 5;
const GOOD_FOR_MS = 30 * 60_000;

function take(path: string, body: string, { world, tell }: Around): Said {
  const right = world.responses.get(path);
  const said = objectIn(body);
  const no = (status: number, text: string): Said => ({ status, text, about: text });
  if (right === undefined || Date.now() - right.at > GOOD_FOR_MS) return no(404, 'expired_url');
  if (right.uses >= MOST_USES) return no(404, 'used_url');
  if (said === undefined) return no(400, 'invalid_payload');
  if (said['delete_original'] === true && right.original !== undefined) {
    right.uses += 1;
    world.whispers.delete(right.original);
    return { status: 200, text: 'ok', about: right.user };
  }
  const blocks = said['blocks'] === undefined ? [] : readBlocks(said['blocks'], () => world.nextId('b'));
  if (typeof blocks === 'string') return no(400, blocks);
  const text = textArg(said, 'text');
  if (text === '' && blocks.length === 0) return no(400, 'no_text');
  right.uses += 1;
  const held = say(world, right, { text, blocks, said });
  if (held !== undefined) tell('posted', held);
  return { status: 200, text: 'ok', about: right.user };
}

type Spoken = {
  readonly text: string;
  readonly blocks: Exclude<ReturnType<typeof readBlocks>, string>;
  readonly said: Readonly<Record<string, unknown>>;
};

/** A command's address cannot change what it said before: it begins something new, whatever is asked for. */
function say(world: World, right: Response, { text, blocks, said }: Spoken): ReturnType<typeof addMessage> | undefined {
  const original = said['replace_original'] === true ? world.whispers.get(right.original ?? '') : undefined;
  if (original !== undefined) {
    original.text = text;
    original.blocks = blocks;
    original.edits += 1;
    return undefined;
  }
  const channel = world.channels.get(right.channel);
  if (channel === undefined) return undefined;
  const fresh = { threadTs: right.threadTs, user: world.bot.user, text, blocks };
  if (said['response_type'] === 'in_channel') return addMessage(world, channel, fresh);
  addWhisper(world, channel, right.user, fresh);
  return undefined;
}
