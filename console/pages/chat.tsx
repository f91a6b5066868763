import { Button, Group } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { beginChat, chatQuery } from '../api/chat.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { Chats } from '../parts/chat/chats.tsx';
import { GoOn } from '../parts/chat/go-on.tsx';
import { Thread } from '../parts/chat/thread.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { useAct } from '../parts/use-act.ts';
import '../parts/chat/chat.css';

/** Conversations with the bot, here in the browser. */
export default function Chat() {
  const { chat: id } = useParams({ strict: false });
  return (
    <Page title="Chat" about="The same bot that answers on your platforms." actions={<Actions />}>
      <div className="chat" data-open={id !== undefined}>
        <Chats />
        {id === undefined ? (
          <div className="panel">
            <Empty title="Talk to the bot" next={<Begin />}>
              Begin a conversation, or choose one of yours.
            </Empty>
          </div>
        ) : (
          <Open key={id} id={id} />
        )}
      </div>
    </Page>
  );
}

function Actions() {
  const { data: me } = useSuspenseQuery(meQuery);
  return (
    <Group gap="xs">
      {isAtLeast(me.role, 'analyst') && <GoOn />}
      <Begin />
    </Group>
  );
}

function Begin() {
  const navigate = useNavigate();
  const begin = useAct(beginChat, {
    changes: ['chats'],
    after: ({ id }) => void navigate({ to: '/chat/$chat', params: { chat: id } }),
  });
  return (
    <Button loading={begin.isPending} onClick={() => begin.mutate(undefined)}>
      New conversation
    </Button>
  );
}

function Open({ id }: { readonly id: string }) {
  return <Loaded query={useQuery(chatQuery(id))}>{(chat) => <Thread chat={chat} />}</Loaded>;
}
