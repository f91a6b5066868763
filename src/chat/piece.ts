import type { ChatPost } from '../db/chat-posts.ts';
import type { ChangedPost } from '../db/read-chat.ts';

/** A post as somebody sees it. */
export type SeenPost = ChatPost;

/** What was added to the end of a post's text, which had `at` UTF-16 units before; nothing else of it has changed. */
export type Piece = { readonly id: string; readonly seq: number; readonly at: number; readonly more: string };

export const seenBy = ({ onlyFor }: ChangedPost, actor: string): boolean => onlyFor === null || onlyFor === actor;

/** What is to be sent of a post to whoever has it as it was; undefined: they have it not. Pure. */
export function pieceOf(before: ChangedPost | undefined, now: ChangedPost): SeenPost | Piece {
  const { onlyFor: _, ...post } = now;
  if (before === undefined || !post.text.startsWith(before.text) || restOf(before) !== restOf(now)) return post;
  return { id: post.id, seq: post.seq, at: before.text.length, more: post.text.slice(before.text.length) };
}

/** All but what grows. */
const restOf = ({ text: _text, seq: _seq, ...rest }: ChangedPost): string => JSON.stringify(rest);
