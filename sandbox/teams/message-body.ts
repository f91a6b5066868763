import { objectIn } from '../kit/json.ts';
import { cardProblem, isObject } from './cards.ts';
import type { Json } from './cards.ts';
import type { Outcome } from './route.ts';
import { failed } from './route.ts';

/** docs: Format your bot messages, "message size": 100 KB in UTF-16 for the whole activity. */
const MOST_BYTES = 100 * 1024;

/** What the bot wants to be said. */
export type Wanted = {
  readonly type: 'message' | 'typing';
  readonly text: string;
  readonly summary: string;
  readonly card: Json | undefined;
  /** Whom its tags call. */
  readonly called: readonly string[];
  readonly recipient: string;
  /** The message of one person that it answers, of which a preview is shown. */
  readonly preview: string;
};

/** An activity of the bot's, or the Connector's refusal of it. */
export function wantedIn(body: string): Wanted | Outcome {
  if (body.length * 2 > MOST_BYTES) return failed(413, 'MessageSizeTooBig', 'Message size too large.');
  return wantedOf(objectIn(body) ?? {});
}

export function wantedOf(activity: Json): Wanted | Outcome {
  const { type } = activity;
  if (type === 'typing')
    return { type, text: '', summary: '', card: undefined, called: [], recipient: '', preview: '' };
  if (type !== 'message') return failed(400, 'BadSyntax', 'Activity type is missing or not supported');
  const text = textOf(activity['text']);
  const shown = cardIn(activity['attachments']);
  if ('status' in shown) return shown;
  const { card } = shown;
  if (text === '' && card === undefined) return failed(400, 'BadSyntax', 'Message text is missing');
  const called = calledIn(activity['entities'], text);
  const inCard = card === undefined ? [] : calledIn(entitiesOf(card), JSON.stringify(card));
  if (called === undefined || inCard === undefined) return failed(400, 'BadArgument', 'A mention has no tag');
  const { summary, recipient } = activity;
  const to = isObject(recipient) ? textOf(recipient['id']) : '';
  const preview = previewIn(activity['entities']);
  return { type, text, summary: textOf(summary), card, called: [...called, ...inCard], recipient: to, preview };
}

function previewIn(entities: unknown): string {
  const all = Array.isArray(entities) ? entities.filter(isObject) : [];
  return textOf(all.find(({ type }) => type === 'targetedMessageInfo')?.['messageId']);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function cardIn(attachments: unknown): { readonly card: Json | undefined } | Outcome {
  if (!Array.isArray(attachments) || attachments.length === 0) return { card: undefined };
  const [first, ...others]: unknown[] = attachments;
  const { contentType, content } = isObject(first) ? first : {};
  if (contentType !== 'application/vnd.microsoft.card.adaptive' || others.length > 0) {
    return failed(400, 'BadArgument', 'Unknown attachment type');
  }
  const card = isObject(content) ? content : {};
  const problem = cardProblem(card);
  return problem === undefined ? { card } : failed(400, 'BadArgument', `The card is not valid: ${problem}`);
}

const entitiesOf = ({ msteams }: Json): unknown => (isObject(msteams) ? msteams['entities'] : undefined);

/** Undefined: one of them has no tag in the text. */
function calledIn(entities: unknown, text: string): readonly string[] | undefined {
  const called: string[] = [];
  for (const entity of Array.isArray(entities) ? entities.filter(isObject) : []) {
    if (entity['type'] !== 'mention') continue;
    const { mentioned, text: tag } = entity;
    if (typeof tag !== 'string' || tag === '' || !text.includes(tag) || !isObject(mentioned)) return undefined;
    called.push(String(mentioned['id']));
  }
  return called;
}
