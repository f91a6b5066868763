import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { conversationsQuery, type ConversationFilter, type ListedConversation } from '../api/conversations.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { Empty } from '../parts/empty.tsx';
import { FindMessage } from '../parts/find-message.tsx';
import { List, type Column } from '../parts/list.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { State } from '../parts/state.tsx';
import { platformName } from '../parts/states.ts';
import { When } from '../parts/time.tsx';

/** What stands in the address: a filter can be sent to somebody, and is there again after a look at a conversation. */
const IN_ADDRESS = ['text', 'state', 'person', 'channel'] as const;
type Kept = Pick<ConversationFilter, (typeof IN_ADDRESS)[number]>;
const WAIT_MS = 250;
const STATES = [
  { value: '', label: 'Every state' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'running', label: 'Being answered' },
  { value: 'answered', label: 'Answered' },
  { value: 'ignored', label: 'Not answered' },
  { value: 'dead', label: 'Given up' },
];

const COLUMNS: readonly Column<ListedConversation>[] = [
  {
    title: 'Conversation',
    cell: ({ id, platform, installName, install, channel, last }) => (
      <Link to="/conversations/$id" params={{ id }} className="row-link">
        {last?.text ?? `${platformName(platform)} · ${installName ?? install}`}
        <small>{last?.text === null || last === null ? channel : `${platformName(platform)} · ${channel}`}</small>
      </Link>
    ),
  },
  { title: 'Last from', cell: ({ last }) => last?.author ?? '' },
  { title: 'State', cell: ({ last, turn }) => <State of={stateOfBoth(last?.state, turn?.state)} /> },
  { title: 'Why', cell: ({ last, turn }) => <span className="quiet">{turn?.error ?? last?.reason ?? ''}</span> },
  { title: 'Active', cell: ({ activeAt }) => <When at={activeAt} /> },
];

/** Of a message that is being answered, the turn says more. Pure. */
const stateOfBoth = (message = 'closed', turn = ''): string =>
  message === 'waiting' && turn === 'running' ? 'running' : message;

/** Pure. */
function keptIn(search: object): Kept {
  const found = new Map(Object.entries(search).map(([name, value]) => [name, wordOf(value)]));
  const at = (name: keyof Kept): string => found.get(name) ?? '';
  return { text: at('text'), state: at('state'), person: at('person'), channel: at('channel') };
}

const wordOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** All conversations, the most active first. */
export default function Conversations() {
  const { data: me } = useSuspenseQuery(meQuery);
  const kept = keptIn(useSearch({ strict: false }));
  const address = JSON.stringify(kept);
  const [typed, setTyped] = useState({ ...kept, address });
  const [reveal, setReveal] = useState(false);
  // The address was changed by something else than typing: the fields follow.
  if (typed.address !== address) setTyped({ ...kept, address });
  const navigate = useNavigate();
  const write = useDebouncedCallback((next: Kept) => {
    const search = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ''));
    void navigate({ to: '/conversations', search, replace: true });
  }, WAIT_MS);
  const pages = useInfiniteQuery(conversationsQuery({ ...kept, reveal }));
  const set = ({ reveal: shown, ...some }: Partial<ConversationFilter>): void => {
    if (shown !== undefined) setReveal(shown);
    if (Object.keys(some).length === 0) return;
    const { address: _address, ...now } = { ...typed, ...some };
    setTyped({ ...now, address });
    write(now);
  };
  return (
    <Page
      title="Conversations"
      about="Every message that came, what became of it, and why. What people said is hidden until you ask for it; that is written into the audit."
    >
      <FindMessage />
      <Panel flush>
        <Filters typed={{ ...typed, reveal }} set={set} mayRead={isAtLeast(me.role, 'analyst')} />
        <List
          label="Conversations"
          pages={pages}
          columns={COLUMNS}
          keyOf={({ id }) => id}
          empty={
            IN_ADDRESS.every((name) => kept[name] === '') ? (
              <Empty title="Nobody has said anything yet">
                Mention the bot in a connected workspace: its first message appears here at once.
              </Empty>
            ) : (
              <Empty title="Nothing matches">Take away a filter, or look for fewer words.</Empty>
            )
          }
        />
      </Panel>
    </Page>
  );
}

function Filters(props: {
  readonly typed: ConversationFilter;
  readonly set: (some: Partial<ConversationFilter>) => void;
  /** What people said. */
  readonly mayRead: boolean;
}) {
  const { typed, set, mayRead } = props;
  return (
    <search className="filters" aria-label="Filter">
      {mayRead && (
        <TextInput
          label="Words"
          value={typed.text}
          onChange={({ currentTarget }) => set({ text: currentTarget.value })}
        />
      )}
      <NativeSelect
        label="State"
        data={STATES}
        value={typed.state}
        onChange={({ currentTarget }) => set({ state: currentTarget.value })}
      />
      <TextInput
        label="Channel"
        placeholder="the platform’s id"
        value={typed.channel}
        onChange={({ currentTarget }) => set({ channel: currentTarget.value.trim() })}
      />
      <TextInput
        label="Person"
        placeholder="the platform’s id"
        value={typed.person}
        onChange={({ currentTarget }) => set({ person: currentTarget.value.trim() })}
      />
      {mayRead && (
        <Switch
          label="Show what was said"
          checked={typed.reveal}
          onChange={({ currentTarget }) => set({ reveal: currentTarget.checked })}
        />
      )}
    </search>
  );
}
