import { Button, Checkbox, Group, Switch } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { deadLettersQuery, type DeadLetter } from '../api/deliveries.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { Empty } from '../parts/empty.tsx';
import { List, type Column } from '../parts/list.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { platformName } from '../parts/states.ts';
import { When } from '../parts/time.tsx';
import { toast, toastProblem } from '../parts/toast.ts';

const COLUMNS: readonly Column<DeadLetter>[] = [
  {
    title: 'Conversation',
    cell: ({ conversation, platform, channel, questions }) => (
      <Link to="/conversations/$id" params={{ id: conversation }} className="row-link">
        {questions?.at(-1) ?? platformName(platform)}
        <small>{channel}</small>
      </Link>
    ),
  },
  { title: 'Why it was given up', cell: ({ reason }) => reason },
  { title: 'In doubt', cell: ({ inDoubt }) => <Doubts of={inDoubt} /> },
  { title: 'Given up', cell: ({ endedAt }) => <When at={endedAt} /> },
];

/** What was given up, with the reason, and how it is taken up again. */
export default function DeadLetters() {
  const { data: me } = useSuspenseQuery(meQuery);
  const [reveal, setReveal] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const pages = useInfiniteQuery(deadLettersQuery(reveal));
  const mayAct = isAtLeast(me.role, 'operator');
  const choose = (turn: string, is: boolean): void => {
    const next = new Set(chosen);
    if (is) next.add(turn);
    else next.delete(turn);
    setChosen(next);
  };
  const choice: Column<DeadLetter> = {
    title: 'Chosen',
    cell: ({ turn, channel }) => (
      <Checkbox
        aria-label={`Choose the one in ${channel}`}
        checked={chosen.has(turn)}
        onChange={({ currentTarget }) => choose(turn, currentTarget.checked)}
      />
    ),
  };
  return (
    <Page
      title="Dead letters"
      about="Questions that could not be answered, after every attempt. Driving one again keeps what was posted, and looks up first what is in doubt."
      actions={mayAct && <Acts chosen={[...chosen]} done={() => setChosen(new Set())} />}
    >
      <Panel flush>
        {isAtLeast(me.role, 'analyst') && (
          <div className="filters">
            {mayAct && (
              <All of={pages.data?.pages.flatMap(({ items }) => items) ?? []} chosen={chosen} set={setChosen} />
            )}
            <Switch
              label="Show what was asked"
              checked={reveal}
              onChange={({ currentTarget }) => setReveal(currentTarget.checked)}
            />
          </div>
        )}
        <List
          label="Dead letters"
          pages={pages}
          columns={mayAct ? [...COLUMNS, choice] : COLUMNS}
          keyOf={({ turn }) => turn}
          empty={<Empty title="Nothing was given up">Every question was answered, or waits for its answer.</Empty>}
        />
      </Panel>
    </Page>
  );
}

/** All that are in sight, or none. */
function All(props: {
  readonly of: readonly DeadLetter[];
  readonly chosen: ReadonlySet<string>;
  readonly set: (chosen: ReadonlySet<string>) => void;
}) {
  const { of, chosen, set } = props;
  if (of.length < 2) return null;
  return (
    <Checkbox
      label={`Choose all ${of.length} below`}
      checked={of.every(({ turn }) => chosen.has(turn))}
      onChange={({ currentTarget }) => set(new Set(currentTarget.checked ? of.map(({ turn }) => turn) : []))}
    />
  );
}

/** Posts of which nobody can tell whether they were made. */
function Doubts(props: { readonly of: DeadLetter['inDoubt'] }) {
  if (props.of.length === 0) return <span className="quiet">nothing</span>;
  return (
    <ul className="plain">
      <li className="quiet">It is looked for on the platform before anything is posted again.</li>
      {props.of.map(({ ordinal, attempts, attemptedAt, error }) => (
        <li key={ordinal}>
          Part {ordinal + 1}, {attempts} {attempts === 1 ? 'attempt' : 'attempts'}, the last <When at={attemptedAt} />
          {error !== null && <div className="quiet">{error}</div>}
        </li>
      ))}
    </ul>
  );
}

function Acts(props: { readonly chosen: readonly string[]; readonly done: () => void }) {
  const queries = useQueryClient();
  const done = async (count: number, what: string): Promise<void> => {
    props.done();
    toast({ title: `${count} ${what}` });
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['dead-letters'] }),
      queries.invalidateQueries({ queryKey: ['conversations'] }),
    ]);
  };
  const redrive = useMutation({
    mutationFn: (turns: string[] | 'all') => read(api['dead-letters'].redrive.$post({ json: { turns } })),
    onSuccess: ({ count }) => done(count, count === 1 ? 'is driven again' : 'are driven again'),
    onError: toastProblem,
  });
  const dismiss = useMutation({
    mutationFn: (turns: string[]) => read(api['dead-letters'].dismiss.$post({ json: { turns } })),
    onSuccess: ({ count }) => done(count, count === 1 ? 'is left as it is' : 'are left as they are'),
    onError: toastProblem,
  });
  const none = props.chosen.length === 0;
  return (
    <Group gap="xs">
      <Button
        variant="default"
        disabled={none}
        loading={dismiss.isPending}
        onClick={() => dismiss.mutate([...props.chosen])}
      >
        Leave for good
      </Button>
      <Button loading={redrive.isPending} onClick={() => redrive.mutate(none ? 'all' : [...props.chosen])}>
        {none ? 'Drive all again' : `Drive ${props.chosen.length} again`}
      </Button>
    </Group>
  );
}
