import type { ChatPost } from '../db/chat-posts.ts';
import type { Delivery, Event, Place } from '../model/event.ts';
import type { Author, Message } from '../model/message.ts';
import { OWN_INSTALL } from '../model/platform.ts';

/** Each conversation is a channel of its own with one thread, so that what is remembered of a channel stays with its members. */
export const placeOf = (conversation: string): Place => ({
  install: OWN_INSTALL,
  channel: conversation,
  thread: conversation,
  address: conversation,
});

/** What a post is to the agent. Pure. */
export function messageOf({ id, text, files, sentAt, author, authorName, authorKind }: ChatPost): Message {
  return {
    id,
    version: '1',
    author: { id: author, name: authorName, kind: authorKind },
    text,
    attachments: files.map((file) => ({
      handle: file.id,
      name: file.name,
      mediaType: file.mediaType,
      size: file.size,
    })),
    anchor: undefined,
    sentAt: new Date(sentAt),
  };
}

/** What somebody wrote to the bot, as it is taken in. The same for the same post. Pure. */
export function deliveryOf(post: ChatPost & { readonly conversation: string; readonly continued: boolean }): Delivery {
  const message = messageOf(post);
  return written(`post/${post.id}`, {
    kind: 'message',
    place: placeOf(post.conversation),
    why: 'direct',
    message,
    // What was said on the other platform stands in the conversation, and nowhere in the store of messages.
    hasPast: post.continued,
  });
}

/** Something else that somebody did. `id` is what makes it count once. Pure. */
export function written(id: string, event: Event): Delivery {
  return { id, raw: Buffer.from(JSON.stringify(event)), events: [event] };
}

/** Who did it, as a platform would say it. */
export const authorOf = ({ actor, name }: { readonly actor: string; readonly name: string }): Author => ({
  id: actor,
  name,
  kind: 'human',
});
