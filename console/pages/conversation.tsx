import { Button, Group, Modal, Switch } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { continueChat } from '../api/chat.ts';
import { api, read } from '../api/client.ts';
import { conversationQuery, type Conversation as Whole } from '../api/conversations.ts';
import { Problem, readProblem } from '../api/problem.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { saveAs } from '../api/save-as.ts';
import { Copy } from '../parts/copy.tsx';
import { Waiting } from '../parts/list.tsx';
import { MessageView } from '../parts/message.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemView } from '../parts/problem.tsx';
import { platformName } from '../parts/states.ts';
import { When } from '../parts/time.tsx';
import { toast, toastProblem } from '../parts/toast.ts';
import { TurnView } from '../parts/turn.tsx';
import { useAct } from '../parts/use-act.ts';

/** One conversation, from the first byte of each message to the last call of the platform. */
export default function Conversation() {
  const { id } = useParams({ from: '/inside/conversations/$id' });
  const [reveal, setReveal] = useState(false);
  const { data: me } = useSuspenseQuery(meQuery);
  const found = useQuery({ ...conversationQuery(id, reveal), placeholderData: (before) => before });
  if (found.data === undefined)
    return (
      <Page title="Conversation">
        {found.error === null ? <Waiting /> : <ProblemView error={found.error} retry={() => void found.refetch()} />}
      </Page>
    );
  const { platform, installName, install, channel } = found.data;
  return (
    <Page
      title={`${platformName(platform)} · ${installName ?? install}`}
      about={`Channel ${channel}`}
      actions={
        <Group gap="xs">
          {isAtLeast(me.role, 'analyst') && (
            <Switch
              label="Show what was said"
              checked={reveal}
              onChange={({ currentTarget }) => setReveal(currentTarget.checked)}
            />
          )}
          {isAtLeast(me.role, 'analyst') && <Export id={id} />}
          {isAtLeast(me.role, 'analyst') && <GoOn id={id} />}
          {isAtLeast(me.role, 'admin') && <Erase id={id} />}
        </Group>
      }
    >
      <Facts of={found.data} />
      <Story of={found.data} />
    </Page>
  );
}

/** Takes what was said along, into a chat of one's own. */
function GoOn({ id }: { readonly id: string }) {
  const navigate = useNavigate();
  const go = useAct(() => continueChat(id), {
    changes: ['chats'],
    after: (begun) => void navigate({ to: '/chat/$chat', params: { chat: begun.id } }),
  });
  return (
    <Button size="xs" variant="default" loading={go.isPending} onClick={() => go.mutate(undefined)}>
      Continue in chat
    </Button>
  );
}

function Facts(props: { readonly of: Whole }) {
  const { id, thread, createdAt, activeAt } = props.of;
  return (
    <Panel flush>
      <dl className="pairs">
        <div>
          <dt>Began</dt>
          <dd>
            <When at={createdAt} />
          </dd>
        </div>
        <div>
          <dt>Active</dt>
          <dd>
            <When at={activeAt} />
          </dd>
        </div>
        <div>
          <dt>The platform’s thread</dt>
          <dd className="mono">
            {thread} <Copy text={thread} what="the thread’s id" />
          </dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd className="mono">
            {id} <Copy text={id} what="the conversation’s id" />
          </dd>
        </div>
      </dl>
    </Panel>
  );
}

/** Messages and turns in the order of coming. */
function Story(props: { readonly of: Whole }) {
  const { messages, turns, app, revealed } = props.of;
  const startOf = new Map(turns.map(({ id, startedAt }) => [id, startedAt]));
  const events = [
    ...messages.map((message) => ({
      at: message.receivedAt,
      key: message.id,
      view: (
        <MessageView
          message={message}
          app={app}
          revealed={revealed}
          taken={message.turn === null ? undefined : startOf.get(message.turn)}
        />
      ),
    })),
    ...turns.map((turn) => ({
      at: turn.startedAt,
      key: turn.id,
      view: <TurnView turn={turn} revealed={revealed} />,
    })),
  ].toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return (
    <ol className="story">
      {events.map(({ key, view }) => (
        <li key={key}>{view}</li>
      ))}
    </ol>
  );
}

function Export(props: { readonly id: string }) {
  const work = useMutation({
    mutationFn: () => read(api.conversations[':id'].export.$get({ param: { id: props.id } })),
    onSuccess: (whole) =>
      saveAs(`conversation-${props.id}.json`, 'application/json', JSON.stringify(whole, undefined, 2)),
    onError: toastProblem,
  });
  return (
    <Button variant="default" size="xs" loading={work.isPending} onClick={() => work.mutate()}>
      Export
    </Button>
  );
}

function Erase(props: { readonly id: string }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const work = useMutation({
    mutationFn: async (): Promise<void> => {
      const response = await api.conversations[':id'].$delete({ param: { id: props.id } });
      if (!response.ok) throw await readProblem(response);
    },
    onSuccess: async () => {
      close();
      toast({ title: 'Its words are gone', message: 'That it took place stays in the list.' });
      await queries.invalidateQueries({ queryKey: ['conversations'] });
      await navigate({ to: '/conversations' });
    },
    onError: (error) => {
      if (error instanceof Problem) close();
      toastProblem(error);
    },
  });
  return (
    <>
      <Button variant="default" size="xs" onClick={open}>
        Erase…
      </Button>
      <Modal opened={isOpen} onClose={close} title="Erase all words of this conversation?" closeButtonProps={CLOSE}>
        <p>
          Messages, answers, what models and tools were given: gone for good, here. What stands on the platform stays
          there.
        </p>
        <Group justify="end">
          <Button variant="default" onClick={close}>
            Keep them
          </Button>
          <Button color="red.9" loading={work.isPending} onClick={() => work.mutate()}>
            Erase
          </Button>
        </Group>
      </Modal>
    </>
  );
}

const CLOSE = { 'aria-label': 'Close' };
