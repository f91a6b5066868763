import type { Draft } from '../../src/model/reply.ts';
import { parseMarkdown, plainText } from '../kit/markdown.ts';
import { clean } from '../kit/text.ts';
import { entitiesOf } from './entities.ts';
import type { MentionEntity, TargetedEntity } from './entities.ts';
import type { Spot } from './place.ts';
import { renderCard } from './render-card.ts';
import type { Attachment } from './render-card.ts';
import { render } from './render.ts';

/** A message as the Connector takes it. */
export type MessageBody = {
  readonly type: 'message';
  readonly from?: { readonly id: string };
  readonly recipient?: { readonly id: string };
  readonly text?: string;
  readonly textFormat?: 'markdown';
  /** What notifications say in place of a card. */
  readonly summary?: string;
  readonly attachments?: readonly Attachment[];
  readonly entities?: readonly (MentionEntity | TargetedEntity)[];
};

export type Written = Pick<Draft, 'text' | 'card' | 'calls'>;

/**
 * The same as an answer to what the place came with. What was said to the bot alone takes no replies: a preview of it, for
 * the one person, stands above the answer (docs: Targeted messages, "Integrate prompt preview").
 */
export function answerOf(written: Written, spot: Spot): MessageBody & { readonly replyToId?: string } {
  const message = messageOf(written, spot);
  if (spot.replyTo === '') return message;
  if (spot.only === undefined) return { ...message, replyToId: spot.replyTo };
  const preview: TargetedEntity = { type: 'targetedMessageInfo', messageId: spot.replyTo };
  return { ...message, entities: [...(message.entities ?? []), preview] };
}

export function messageOf(written: Written, { bot, only }: Spot): MessageBody {
  const accounts = {
    ...(bot !== '' && { from: { id: bot } }),
    ...(only !== undefined && { recipient: { id: only } }),
  };
  const { text, card, calls = [] } = written;
  if (card !== undefined) {
    const summary = wordsOf(text);
    return { type: 'message', ...accounts, summary, attachments: [renderCard(card, summary, calls)] };
  }
  // An empty message would be refused.
  const rendered = render(text, calls) || '…';
  const entities = entitiesOf(rendered, calls);
  return {
    type: 'message',
    ...accounts,
    text: rendered,
    textFormat: 'markdown',
    ...(entities.length > 0 && { entities }),
  };
}

/** A text without its marks, in one line for each paragraph. */
function wordsOf(markdown: string): string {
  const blocks = parseMarkdown(clean(markdown)).children.map((node) => plainText(node).trim());
  return blocks.filter((block) => block !== '').join('\n');
}
