import { randomUUID } from 'node:crypto';
import { beginChat, type ChatActor } from '../db/chat-conversations.ts';
import { addChatPost, type NewChatPost } from '../db/chat-posts.ts';
import type { Conversation } from '../db/conversation.ts';
import type { Transaction } from '../db/database.ts';
import { pastNonce } from '../db/forget-chat.ts';
import { botCalled } from './room.ts';
import { titleOf } from './say.ts';

/** Of what was said, the newest so much is taken over. */
const MOST = 100;

type Past = Omit<NewChatPost, 'conversation' | 'id' | 'kind' | 'card' | 'files'> & { readonly sentAt: string };

/**
 * Begins a conversation that goes on from one of another platform: what was said there is copied, so that its members and the
 * model have it before them; nothing is written back. @returns its id.
 */
export async function goOn(
  tx: Transaction,
  from: Conversation,
  { by, botName }: { readonly by: ChatActor; readonly botName: string },
): Promise<string> {
  const id = randomUUID();
  const past = pastOf(from, botName);
  await beginChat(tx, { id, title: titleOf(past[0]?.text ?? ''), by, continuedFrom: from.id });
  for (const said of past)
    await addChatPost(tx, { ...said, conversation: id, id: randomUUID(), kind: 'past', card: null, files: [] });
  return id;
}

/** What was said, oldest first. Each has the name of the row that it comes from, and goes when that is deleted. Pure. */
function pastOf({ messages, turns }: Conversation, botName: string): readonly Past[] {
  const asked = messages.map(({ id, text, authorId, author, authorKind, sentAt }): Past => {
    const kind = authorKind === 'human' ? 'human' : 'bot';
    return { author: authorId, authorName: author, authorKind: kind, text, nonce: pastNonce(id), sentAt };
  });
  const answered = turns.flatMap(({ id, answer, endedAt, startedAt }): Past[] =>
    answer === null
      ? []
      : [{ ...botCalled(botName), text: answer, nonce: pastNonce(id), sentAt: endedAt ?? startedAt }],
  );
  return [...asked, ...answered]
    .filter(({ text }) => text !== '')
    .toSorted((one, other) => Date.parse(one.sentAt) - Date.parse(other.sentAt))
    .slice(-MOST);
}
