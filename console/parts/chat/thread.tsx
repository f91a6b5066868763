import { Button, Group } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { chatKey, earlierPosts, pressInChat, type Chat } from '../../api/chat.ts';
import { useAct } from '../use-act.ts';
import { Compose } from './compose.tsx';
import { PostView } from './post.tsx';
import { Share } from './share.tsx';
import { useSocket } from './use-socket.ts';

/** Pixels from the end within which one reads along. */
const NEAR = 160;

/** One conversation: what was said, what is being said, and where to write. */
export function Thread({ chat }: { readonly chat: Chat }) {
  const { id, you, posts, members, doing } = chat;
  const { isConnected, typing } = useSocket(id);
  const press = useAct((button: 'stop' | 'again') => pressInChat(id, button), { changes: [] });
  const isBusy = doing === 'seen' || doing === 'working';
  const end = useEnd(posts);
  const others = members.filter(({ actor }) => actor !== you);
  return (
    <section className="chat-thread panel" aria-label="Conversation">
      <Head chat={chat} again={() => press.mutate('again')} isBusy={isBusy} />
      <div className="chat-posts" ref={end} role="log" aria-label="What was said" aria-busy={isBusy} tabIndex={0}>
        {chat.more && <Earlier chat={chat} />}
        {posts.length === 0 && (
          <p className="quiet">Ask anything. What you write here is seen by you alone until you share it.</p>
        )}
        {posts.filter(isShown).map((post) => (
          <PostView key={post.id} post={post} chat={id} you={you} />
        ))}
      </div>
      <p className="chat-state quiet" role="status">
        {stateOf({ isConnected, isBusy, typing: others.filter((one) => one.typing).map(({ name }) => name) })}
      </p>
      <Compose chat={id} typing={typing} isBusy={isBusy} stop={() => press.mutate('stop')} />
    </section>
  );
}

/** Pure. */
function stateOf(now: {
  readonly isConnected: boolean;
  readonly isBusy: boolean;
  readonly typing: readonly string[];
}): string {
  if (!now.isConnected) return 'Connecting…';
  if (now.isBusy) return 'The bot is at work…';
  return now.typing.length === 0 ? '' : `${now.typing.join(', ')} ${now.typing.length === 1 ? 'is' : 'are'} typing…`;
}

function Head(props: { readonly chat: Chat; readonly again: () => void; readonly isBusy: boolean }) {
  const { title, members, you, continuedFrom, posts } = props.chat;
  const others = members.filter(({ actor }) => actor !== you);
  return (
    <header className="panel-head chat-head">
      <div>
        <h2>{title === '' ? 'New conversation' : title}</h2>
        {others.length > 0 && (
          <p className="quiet flat">
            With {others.map(({ name, present }) => (present ? `${name} (here)` : name)).join(', ')}
          </p>
        )}
        {continuedFrom !== null && (
          <Link to="/conversations/$id" params={{ id: continuedFrom }}>
            Goes on from another conversation
          </Link>
        )}
      </div>
      <Group gap="xs">
        {posts.length > 1 && !props.isBusy && (
          <Button size="xs" variant="default" onClick={props.again}>
            Answer again
          </Button>
        )}
        <Share chat={props.chat} />
      </Group>
    </header>
  );
}

function Earlier({ chat }: { readonly chat: Chat }) {
  const queries = useQueryClient();
  const load = useAct(() => earlierPosts(chat.id, chat.posts[0]?.ordinal ?? 1), {
    changes: [],
    after: ({ items, more }) =>
      queries.setQueryData<Chat>(chatKey(chat.id), (now) => now && { ...now, more, posts: [...items, ...now.posts] }),
  });
  return (
    <Button variant="default" size="xs" loading={load.isPending} onClick={() => load.mutate(undefined)}>
      Show what was said before
    </Button>
  );
}

/** What the bot has put away itself was a question with its buttons, or a sign of work. Pure. */
const isShown = ({ kind, removed }: Chat['posts'][number]): boolean => kind !== 'bot' || !removed;

/** Keeps the end in sight while one is near it. */
function useEnd(posts: Chat['posts']) {
  const box = useRef<HTMLDivElement>(null);
  const isNear = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const look = (): void => {
      isNear.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    };
    element.addEventListener('scroll', look, { passive: true });
    return () => element.removeEventListener('scroll', look);
  }, []);
  useEffect(() => {
    if (isNear.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [posts]);
  return box;
}
