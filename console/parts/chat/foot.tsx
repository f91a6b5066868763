import { ActionIcon, Button, Group } from '@mantine/core';
import { IconArrowBackUp, IconMessage2, IconRefresh, IconThumbDown, IconThumbUp } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { chatKey, judge, takeBack, type Chat, type Post } from '../../api/chat.ts';
import { Copy } from '../copy.tsx';
import { useAct } from '../use-act.ts';
import { Comments } from './comments.tsx';
import { React } from './reactions.tsx';

type Props = { readonly post: Post; readonly chat: string; readonly you: string };

/** What can be done with something that was said. */
export function Foot(
  props: Props & { readonly opinion: Opinion | undefined; readonly again: (() => void) | undefined },
) {
  const { post, chat, you, opinion, again } = props;
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Group gap={4} className="chat-foot">
        <Copy text={post.text} what={post.kind === 'bot' ? 'the answer' : 'the message'} />
        {post.kind === 'bot' && <Judge post={post} chat={chat} opinion={opinion} />}
        {again !== undefined && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label="Answer again"
            title="Answer again"
            onClick={again}
          >
            <IconRefresh size={15} />
          </ActionIcon>
        )}
        <React post={post} chat={chat} you={you} />
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconMessage2 size={15} />}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {post.comments === 0 ? 'Comment' : `${post.comments} ${post.comments === 1 ? 'comment' : 'comments'}`}
        </Button>
        {post.kind === 'person' && post.author === you && <TakeBack post={post} chat={chat} />}
      </Group>
      {isOpen && <Comments chat={chat} post={post} />}
    </>
  );
}

type Opinion = Chat['opinions'][string];

const JUDGING = [
  ['good', 'This was helpful', IconThumbUp],
  ['bad', 'This was not helpful', IconThumbDown],
] as const;

function Judge({ post, chat, opinion }: Omit<Props, 'you'> & { readonly opinion: Opinion | undefined }) {
  const queries = useQueryClient();
  const act = useAct((said: Opinion | null) => judge(chat, post.id, said).then(() => said), {
    changes: [],
    after: (said) =>
      queries.setQueryData<Chat>(chatKey(chat), (now) => {
        if (now === undefined) return undefined;
        const { [post.id]: _, ...others } = now.opinions;
        return { ...now, opinions: said === null ? others : { ...others, [post.id]: said } };
      }),
  });
  return JUDGING.map(([said, label, Icon]) => (
    <ActionIcon
      key={said}
      variant={opinion === said ? 'filled' : 'subtle'}
      color={opinion === said ? 'petrol' : 'gray'}
      size="sm"
      aria-label={label}
      aria-pressed={opinion === said}
      title={label}
      onClick={() => act.mutate(opinion === said ? null : said)}
    >
      <Icon size={15} />
    </ActionIcon>
  ));
}

/** What was clicked is there no more: whoever uses the keyboard goes on here. */
const focus = (element: HTMLButtonElement | null): void => element?.focus();

/** Asked once more, where it stands: nothing of it is kept. */
function TakeBack({ post, chat }: Omit<Props, 'you'>) {
  const [isAsked, setAsked] = useState(false);
  const act = useAct(() => takeBack(chat, post.id), { changes: ['chats'], says: 'Taken back: nothing of it is kept' });
  if (!isAsked)
    return (
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowBackUp size={15} />}
        onClick={() => setAsked(true)}
      >
        Take back
      </Button>
    );
  return (
    <>
      <Button size="compact-xs" color="red.9" loading={act.isPending} onClick={() => act.mutate(undefined)}>
        Take back for good
      </Button>
      <Button size="compact-xs" variant="default" ref={focus} onClick={() => setAsked(false)}>
        Keep
      </Button>
    </>
  );
}
