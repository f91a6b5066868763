import type { QueryClient } from '@tanstack/react-query';
import { chatKey, chatQuery, type Chat } from '../../api/chat.ts';
import { apply, readPushed, type Pushed } from './apply.ts';

/** Milliseconds before it is tried again: first, and at most. */
const [AGAIN_MS, LATEST_MS] = [500, 10_000];

/** `gone`: one is not in the conversation any more, or it is no more. */
export type Contact = 'away' | 'connected' | 'gone';

export type Following = {
  /** Says something of the conversation; while there is no connection it is not said. */
  readonly say: (type: 'typing') => void;
  readonly end: () => void;
};

/** Keeps what is known of a conversation as it is, over a socket that is opened again and again, until it is ended. */
export function follow(queries: QueryClient, id: string, told: (contact: Contact) => void): Following {
  let [again, isOver] = [AGAIN_MS, false];
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const known = (): Chat | undefined => queries.getQueryData<Chat>(chatKey(id));
  const reread = (): Promise<Chat> => queries.fetchQuery({ ...chatQuery(id), staleTime: 0 });
  const say = (message: object): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ...message, conversation: id }));
  };
  const end = (): void => {
    isOver = true;
    clearTimeout(timer);
    // One that is just being opened is closed as soon as it is: browsers call the other way a failure.
    if (socket?.readyState !== WebSocket.CONNECTING) socket?.close();
  };
  const hear = (pushed: Pushed): void => {
    if (pushed.type === 'gone') {
      end();
      told('gone');
      forget(queries, id);
    } else if (!take(queries, pushed)) catchUp();
  };
  const catchUp = oneAtATime(() =>
    reread().then(
      ({ seq }) => say({ type: 'watch', seq }),
      () => socket?.close(),
    ),
  );
  const connect = async (): Promise<void> => {
    const { seq } = known() ?? (await reread());
    if (isOver) return;
    const opened = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/chat/socket`);
    socket = opened;
    opened.addEventListener('open', () => {
      if (isOver) return opened.close();
      again = AGAIN_MS;
      told('connected');
      say({ type: 'watch', seq: known()?.seq ?? seq });
    });
    opened.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const pushed = readPushed(data);
      if (pushed?.conversation === id) hear(pushed);
    });
    opened.addEventListener('close', () => {
      if (isOver) return;
      told('away');
      later();
    });
  };
  const later = (): void => {
    timer = setTimeout(() => void connect().catch(later), again);
    again = Math.min(2 * again, LATEST_MS);
  };
  void connect().catch(later);
  return { say: (type) => say({ type }), end };
}

/** Whatever comes while something is read anew is in it, or is told again. */
function oneAtATime(work: () => Promise<void>): () => void {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work().finally(() => (running = undefined));
  };
}

/** @returns false: something was missed. */
function take(queries: QueryClient, pushed: Exclude<Pushed, { readonly type: 'gone' }>): boolean {
  const key = chatKey(pushed.conversation);
  const before = queries.getQueryData<Chat>(key);
  if (before === undefined) return true;
  const next = pushed.type === 'changed' ? apply(before, pushed) : undefined;
  if (next === undefined) return false;
  queries.setQueryData(key, next);
  if (next.title !== before.title) void queries.invalidateQueries({ queryKey: ['chats'] });
  return true;
}

/** What one may not see any more is not kept. */
function forget(queries: QueryClient, id: string): void {
  void queries.invalidateQueries({ queryKey: ['chats'] });
  // Emptied and not removed: a page that still looks at it would ask for it again. Whoever comes back to it is told all since 0.
  queries.setQueryData<Chat>(chatKey(id), (chat) => chat && { ...chat, title: '', posts: [], members: [], seq: 0 });
  queries.removeQueries({ queryKey: ['chat-comments', id] });
}
