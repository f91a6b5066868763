import { Button, Group, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { renameChat, takeOut, type Chat } from '../../api/chat.ts';
import { Confirm } from '../confirm.tsx';
import { Dialog } from '../dialog.tsx';
import { Form } from '../door.tsx';
import { Said } from '../said.tsx';
import { useAct } from '../use-act.ts';
import { Share } from './share.tsx';

export const titleOf = ({ title }: Pick<Chat, 'title'>): string => (title === '' ? 'New conversation' : title);

/** What a conversation is called, who is in it, and what can be done with all of it. */
export function Head({ chat }: { readonly chat: Chat }) {
  const { members, you, continuedFrom } = chat;
  const others = members.filter(({ actor }) => actor !== you);
  return (
    <header className="panel-head chat-head">
      <div>
        <Link to="/chat" className="chat-back" activeOptions={{ exact: true }}>
          All conversations
        </Link>
        <h2>{titleOf(chat)}</h2>
        {others.length > 0 && (
          <ul className="plain chat-others" aria-label="Also in it">
            {others.map(({ actor, name, present }) => (
              <li key={actor} data-present={present}>
                {name}
                {present && <span className="visually-hidden"> is here</span>}
              </li>
            ))}
          </ul>
        )}
        {continuedFrom !== null && (
          <Link to="/conversations/$id" params={{ id: continuedFrom }}>
            Goes on from another conversation
          </Link>
        )}
      </div>
      <Group gap="xs">
        <Share chat={chat} />
        <Rename chat={chat} />
        <Leave chat={chat} />
      </Group>
    </header>
  );
}

function Rename({ chat }: { readonly chat: Chat }) {
  return (
    <Dialog button="Rename…" title="Rename this conversation">
      {(close) => <Title chat={chat} close={close} />}
    </Dialog>
  );
}

function Title({ chat, close }: { readonly chat: Chat; readonly close: () => void }) {
  const [title, setTitle] = useState(chat.title);
  const rename = useAct(() => renameChat(chat.id, title), { changes: ['chats'], after: close, quiet: true });
  return (
    <Form onSubmit={() => rename.mutate(undefined)}>
      <TextInput
        label="Title"
        description="Everybody in it sees it"
        value={title}
        maxLength={120}
        data-autofocus
        onChange={({ currentTarget }) => setTitle(currentTarget.value)}
      />
      <Said error={rename.error} />
      <Group justify="end" mt="md">
        <Button type="submit" loading={rename.isPending} disabled={title.trim() === ''}>
          Rename
        </Button>
      </Group>
    </Form>
  );
}

function Leave({ chat }: { readonly chat: Chat }) {
  const navigate = useNavigate();
  const { id, you, members } = chat;
  const leave = useAct(() => takeOut(id, you.slice(you.indexOf('/') + 1)), {
    changes: ['chats'],
    after: () => void navigate({ to: '/chat' }),
    says: 'You have left',
  });
  return (
    <Confirm
      act="Leave"
      title={`Leave “${titleOf(chat)}”?`}
      busy={leave.isPending}
      onConfirm={(close) => leave.mutate(undefined, { onSuccess: close })}
    >
      {members.length === 1
        ? 'Nobody is in it then: it is gone from the chat for good, and what is scheduled in it is not said any more.'
        : 'You see nothing of it any more, until somebody who is in it lets you in again. What you said stays.'}
    </Confirm>
  );
}
