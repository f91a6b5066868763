import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { chatKey, earlierPosts, pressInChat, type Chat } from '../../api/chat.ts';
import { Empty } from '../empty.tsx';
import { useAct } from '../use-act.ts';
import { Compose } from './compose.tsx';
import { Head } from './head.tsx';
import { PostView } from './post.tsx';
import { Names } from './reactions.tsx';
import { useSocket } from './use-socket.ts';

/** Pixels from the end within which one reads along. */
const NEAR = 160;

/** One conversation: what was said, what is being said, and where to write. */
export function Thread({ chat }: { readonly chat: Chat }) {
  const { id, you, posts, members, doing, opinions } = chat;
  const { contact, typing } = useSocket(id);
  const press = useAct((button: 'stop' | 'again') => pressInChat(id, button), { changes: [] });
  const isBusy = doing === 'seen' || doing === 'working';
  const end = useEnd();
  const others = members.filter(({ actor }) => actor !== you);
  const last = posts.findLast((post) => post.kind === 'bot' && !post.removed && !post.private);
  const again = isBusy ? undefined : () => press.mutate('again');
  const names = new Map(members.map(({ actor, name }) => [actor, name]));
  if (contact === 'gone') return <Gone />;
  return (
    <section className="chat-thread panel" aria-label="Conversation">
      <Head chat={chat} />
      <div className="chat-posts" ref={end} role="log" aria-label="What was said" aria-busy={isBusy} tabIndex={0}>
        <div>
          {chat.more && <Earlier chat={chat} />}
          {posts.length === 0 && (
            <p className="quiet">Ask anything. What you write here is seen by you alone until you share it.</p>
          )}
          <Names value={names}>
            {posts.filter(isShown).map((post) => (
              <PostView
                key={post.id}
                post={post}
                chat={id}
                you={you}
                opinion={opinions[post.id]}
                again={post === last ? again : undefined}
              />
            ))}
          </Names>
        </div>
      </div>
      <p className="chat-state quiet" role="status">
        {stateOf({
          isConnected: contact === 'connected',
          isBusy,
          typing: others.filter((one) => one.typing).map(({ name }) => name),
        })}
      </p>
      <Compose chat={id} typing={typing} isBusy={isBusy} stop={() => press.mutate('stop')} />
    </section>
  );
}

function Gone() {
  return (
    <div className="panel" role="alert">
      <Empty title="You are not in this conversation any more" next={<Link to="/chat">All conversations</Link>}>
        You have left it, or were taken out. Whoever is in it can let you in again.
      </Empty>
    </div>
  );
}

/** Pure. */
function stateOf(now: {
  readonly isConnected: boolean;
  readonly isBusy: boolean;
  readonly typing: readonly string[];
}): string {
  if (!now.isConnected) return 'Connecting…';
  const typing =
    now.typing.length === 0 ? [] : [`${now.typing.join(', ')} ${now.typing.length === 1 ? 'is' : 'are'} typing…`];
  return [...(now.isBusy ? ['The bot is at work…'] : []), ...typing].join(' ');
}

function Earlier({ chat }: { readonly chat: Chat }) {
  const queries = useQueryClient();
  const load = useAct(() => earlierPosts(chat.id, chat.posts[0]?.ordinal ?? 1), {
    changes: [],
    after: ({ items, more, opinions }) =>
      queries.setQueryData<Chat>(
        chatKey(chat.id),
        (now) => now && { ...now, more, posts: [...items, ...now.posts], opinions: { ...opinions, ...now.opinions } },
      ),
  });
  return (
    <Button variant="default" size="xs" loading={load.isPending} onClick={() => load.mutate(undefined)}>
      Show what was said before
    </Button>
  );
}

/** What the bot has put away itself was a question with its buttons, or a sign of work. Pure. */
const isShown = ({ kind, removed }: Chat['posts'][number]): boolean => kind !== 'bot' || !removed;

/** Keeps the end in sight while one is near it, whatever makes what stands there longer. */
function useEnd() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    const content = element?.firstElementChild ?? null;
    if (element === null || content === null) return undefined;
    let [isNear, before] = [true, 0];
    // Only who goes up leaves the end: what grew meanwhile has moved it away from whoever stayed.
    const look = (): void => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      if (scrollHeight - scrollTop - clientHeight < NEAR) isNear = true;
      else if (scrollTop < before) isNear = false;
      before = scrollTop;
    };
    const growing = new ResizeObserver(() => {
      if (isNear) element.scrollTo({ top: element.scrollHeight });
    });
    element.addEventListener('scroll', look, { passive: true });
    growing.observe(content);
    return () => {
      element.removeEventListener('scroll', look);
      growing.disconnect();
    };
  }, []);
  return box;
}
