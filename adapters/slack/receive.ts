import { createHash } from 'node:crypto';
import type { InboundRequest, InboundResponse, Received } from '../../src/model/adapter.ts';
import type { Form } from '../../src/model/card.ts';
import type { Event } from '../../src/model/event.ts';
import { parseJson } from '../../src/model/parse-json.ts';
import { accept, refuse } from '../kit/response.ts';
import type { OpenForm } from './open-form.ts';
import type { Interaction } from './payload.ts';
import { envelope, interaction } from './payload.ts';
import { readEvent } from './read-event.ts';
import { parseCommand, readInteraction, readSlashCommand } from './read-interaction.ts';
import { whyNotFromSlack } from './signature.ts';

const FORM = 'application/x-www-form-urlencoded';

/**
 * Slack's one endpoint: events as JSON, interactions and slash commands as forms. Nothing is answered before the
 * signature is checked, not even Slack's handshakes. Retries (`x-slack-retry-num`) are taken like any other delivery:
 * after a restart they are the only copy.
 */
export function receive(request: InboundRequest, signingSecret: string, openForm: OpenForm): Received {
  if (request.method !== 'POST') return refuse(405, 'Slack sends POST requests only');
  const reason = whyNotFromSlack(request, signingSecret);
  if (reason !== undefined) return refuse(401, reason);

  const body = new TextDecoder().decode(request.body);
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  return type === FORM ? receiveForm(request, new URLSearchParams(body), openForm) : receiveJson(request, body);
}

function receiveJson(request: InboundRequest, body: string): Received {
  const json = parseJson(body);
  if (json === undefined) return refuse(400, 'the body is no JSON');
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return refuse(400, 'the body is no Events API request: it needs a type');
  const { type, challenge, event_id } = parsed.data;
  if (type === 'url_verification') {
    return typeof challenge === 'string'
      ? accept(undefined, challenge)
      : refuse(400, 'url_verification needs a challenge of at most 1000 characters');
  }
  return deliver(request, event_id, [readEvent(parsed.data)]);
}

function receiveForm(request: InboundRequest, form: URLSearchParams, openForm: OpenForm): Received {
  if (form.has('payload')) {
    const parsed = interaction.safeParse(parseJson(form.get('payload') ?? ''));
    if (!parsed.success) return refuse(400, 'the payload field holds no interaction');
    return receiveInteraction(request, parsed.data, openForm);
  }
  const command = parseCommand(form);
  if (command !== undefined) {
    return deliver(request, `command:${command.trigger_id}`, [readSlashCommand(command, request.receivedAt)]);
  }
  // Slack's check of the certificate; it is signed like everything else and has nothing to keep.
  if (form.get('ssl_check') === '1') return accept(undefined);
  return refuse(400, 'the form is neither an interaction (payload) nor a slash command (command, trigger_id, …)');
}

function receiveInteraction(request: InboundRequest, body: Interaction, openForm: OpenForm): Received {
  const { type, trigger_id: triggerId, view } = body;
  const events = readInteraction(body);
  // A form is submitted once: what is sent again because our answer was late is the same.
  if (type === 'view_submission') return deliver(request, idOf('form', view?.id), events);
  const received = deliver(request, idOf(type === 'block_actions' ? 'click' : '', triggerId), events);
  const [clicked] = events;
  if (clicked?.kind !== 'action' || triggerId === '') return received;
  const { action, place } = clicked;
  const open = (form: Form, signal: AbortSignal): Promise<InboundResponse> =>
    openForm({ action, place, triggerId }, form, signal);
  return { ...received, click: { action, open } };
}

const idOf = (kind: string, id: string | undefined): string =>
  kind === '' || id === undefined || id === '' ? '' : `${kind}:${id}`;

/** At most 200 characters of Slack's own id; where it has none, or a longer one, a digest of the body stands for it. */
function deliver(request: InboundRequest, id: string, events: readonly Event[]): Received {
  const usable = id !== '' && id.length <= 200 && /^[\x21-\x7e]+$/.test(id);
  const digest = (): string => `sha256:${createHash('sha256').update(request.body).digest('hex')}`;
  return accept({ id: usable ? id : digest(), raw: request.body, events });
}
