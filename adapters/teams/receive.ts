import { createHash } from 'node:crypto';
import type { InboundRequest, InboundResponse, Received } from '../../src/model/adapter.ts';
import type { Form } from '../../src/model/card.ts';
import type { Delivery } from '../../src/model/event.ts';
import { accept, refuse } from '../kit/response.ts';
import type { Hosts } from './hosts.ts';
import type { Keys } from './keys.ts';
import { parseJson } from '../../src/model/parse-json.ts';
import { activity as activityShape } from './payload.ts';
import type { Activity } from './payload.ts';
import { dialogOf, invokeOf } from './read-click.ts';
import { noForm, renderForm } from './render-form.ts';
import { read } from './read.ts';
import { checkToken, whyNotForIt } from './token.ts';
import type { Audience } from './token.ts';

export type Inbound = { readonly keys: Keys; readonly audience: Audience; readonly hosts: Hosts };

/** docs: Universal Actions for Adaptive Cards, "Response format": the card stays as it is. */
const CARD_ANSWER = { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: '' };

/**
 * The messaging endpoint. The token is checked before the body is looked at; a token that was made for something else
 * than this activity is refused like a forged one. Never rejects.
 */
export async function receive(request: InboundRequest, { keys, audience, hosts }: Inbound): Promise<Received> {
  if (request.method !== 'POST') return refuse(405, 'the Bot Framework sends POST requests only');
  const token = await checkToken(request, keys, audience);
  if ('status' in token) return refuse(token.status, token.reason);

  const json = parseJson(new TextDecoder().decode(request.body));
  if (json === undefined) return refuse(400, 'the body is no JSON');
  const parsed = activityShape.safeParse(json);
  if (!parsed.success) return refuse(400, `the body is no activity: ${pathOf(parsed.error)}`);
  const activity = parsed.data;
  const reason = whyNotForIt(activity, token, audience);
  if (reason !== undefined) return refuse(401, reason);

  const events = read(activity, hosts, request.receivedAt);
  const delivery = { id: idOf(activity, request.body), raw: request.body, events };
  return answerTo(activity, delivery);
}

/** Whoever clicks waits for the answer; what became of the click is told by what the bot does next. */
function answerTo(activity: Activity, delivery: Delivery): Received {
  const name = invokeOf(activity);
  if (name === 'adaptiveCard/action') return accept(delivery, CARD_ANSWER);
  if (name !== 'task/fetch') return accept(delivery);
  const action = dialogOf(activity)?.action;
  if (action === undefined) return { response: noForm(), delivery };
  const open = async (form: Form): Promise<InboundResponse> => renderForm(form, action);
  return { response: noForm(), delivery, click: { action, open } };
}

function pathOf({ issues }: { issues: readonly { path: readonly PropertyKey[] }[] }): string {
  const path = issues[0]?.path.map(String).join('.') ?? '';
  return path === '' ? 'it must be a JSON object' : `${path} has another form`;
}

/** What may happen to one message more than once. Everything else is once, and its retries have other timestamps. */
const AGAIN = new Set(['messageUpdate', 'messageReaction', 'conversationUpdate', 'installationUpdate']);

/** At most 200 characters; a digest stands for what is longer, and for an activity without an id. */
function idOf({ conversation, id, type, timestamp }: Activity, body: Uint8Array): string {
  if (id === '') return digest(body);
  const name = [conversation.id, id, type, ...(AGAIN.has(type) ? [timestamp] : [])].join('|');
  return name.length <= 200 && /^[\x21-\x7e]+$/.test(name) ? name : digest(name);
}

function digest(value: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(value).digest('hex')}`;
}
