import { Button, Code, Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, done, read } from '../api/client.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { Empty } from '../parts/empty.tsx';
import { List, type Column } from '../parts/list.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { Said } from '../parts/said.tsx';
import { count } from '../parts/span.ts';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/time.tsx';
import { useAct } from '../parts/use-act.ts';

const ROWS = 100;

type Filter = { readonly actor: string; readonly what: string };
type Entry = Awaited<ReturnType<typeof load>>['items'][number];

const load = ({ actor, what }: Filter, below: number) =>
  read(
    api.audit.$get({
      query: {
        limit: String(ROWS),
        below: String(below),
        ...(actor !== '' && { actor }),
        ...(what !== '' && { what }),
      },
    }),
  );

/** Above every row. */
const NEWEST = Number.MAX_SAFE_INTEGER;

const auditQuery = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) => load(filter, pageParam),
    initialPageParam: NEWEST,
    getNextPageParam: ({ items }) => (items.length < ROWS ? undefined : items.at(-1)?.seq),
  });

const COLUMNS: readonly Column<Entry>[] = [
  {
    title: 'What',
    cell: ({ what, subject }) => (
      <>
        {what}
        <div className="quiet mono">{subject}</div>
      </>
    ),
  },
  {
    title: 'Who',
    cell: ({ actorName, actor }) => (
      <span className="name" title={actor}>
        {actorName}
      </span>
    ),
  },
  {
    title: 'Details',
    cell: ({ details }) => (Object.keys(details).length === 0 ? '' : <Code>{JSON.stringify(details)}</Code>),
  },
  { title: 'When', cell: ({ at }) => <When at={at} /> },
  { title: 'Row', number: true, cell: ({ seq }) => seq },
];

/** What was done, by whom, and whether what is written of it is whole. */
export default function Audit() {
  const { data: me } = useSuspenseQuery(meQuery);
  const [typed, setTyped] = useState<Filter>({ actor: '', what: '' });
  const [filter] = useDebouncedValue(typed, 250);
  const pages = useInfiniteQuery(auditQuery(filter));
  const isFiltered = filter.actor !== '' || filter.what !== '';
  return (
    <Page
      title="Audit"
      about="Everything that somebody changed here, and who came in. Rows are chained: one that is altered or taken out is found."
      actions={<Acts />}
    >
      <Panel flush>
        <Group p="md" align="end">
          <TextInput
            label="What"
            placeholder="as install.paused"
            value={typed.what}
            onChange={({ currentTarget }) => setTyped({ ...typed, what: currentTarget.value.trim() })}
          />
          <TextInput
            label="Who"
            placeholder="as person/…"
            value={typed.actor}
            onChange={({ currentTarget }) => setTyped({ ...typed, actor: currentTarget.value.trim() })}
          />
        </Group>
        <List
          label="What was done"
          pages={pages}
          columns={COLUMNS}
          keyOf={({ seq }) => String(seq)}
          empty={
            isFiltered ? (
              <Empty title="Nothing matches">Both fields are compared whole: copy them from a row.</Empty>
            ) : (
              <Empty title="Nothing was changed yet">
                The first change that somebody makes here appears in this list.
              </Empty>
            )
          }
        />
      </Panel>
      <Proof />
      <Retention mayDecide={isAtLeast(me.role, 'owner')} />
    </Page>
  );
}

function Acts() {
  return (
    <Group gap="xs">
      <Button component="a" href="/api/v1/audit/export" variant="default" size="xs" download="audit.ndjson">
        Export
      </Button>
    </Group>
  );
}

/** Goes through the whole chain, and says what came of it. */
function Proof() {
  const proof = useMutation({ mutationFn: () => read(api.audit.proof.$get()) });
  return (
    <Panel
      title="Proof"
      actions={
        <Button variant="default" size="xs" loading={proof.isPending} onClick={() => proof.mutate()}>
          Verify
        </Button>
      }
    >
      <div role="status">
        {proof.data === undefined ? (
          <p className="quiet flat">
            Each row holds the hash of the one before it: one that was changed, put in or taken out breaks the chain.
          </p>
        ) : (
          <Verdict of={proof.data} />
        )}
      </div>
      <Said error={proof.error} />
    </Panel>
  );
}

function Verdict({
  of,
}: {
  readonly of: { rows: number; first: number | null; last: number | null; broken: number | null };
}) {
  const { rows, first, last, broken } = of;
  if (broken !== null)
    return (
      <>
        <Status tone="bad">{`The chain is broken at row ${broken}`}</Status>
        <p className="flat">
          It is not as it was written, or the one before it is missing: compare row {broken} with your backups, or with
          an export of before.
        </p>
      </>
    );
  return (
    <>
      <Status tone="ok">The chain is whole</Status>
      <p className="flat">
        {rows === 0 ? 'There is no row yet.' : `${count(rows)} rows, ${first} to ${last}, are as they were written.`}
        {first !== null && first > 1 && ` Those before row ${first} are gone by retention, which the chain knows.`}
      </p>
    </>
  );
}

const SPANS = [
  { value: '', label: 'For ever' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: '730', label: 'Two years' },
  { value: '2555', label: 'Seven years' },
  { value: '3650', label: 'Ten years' },
];

/** For how long rows are kept. */
function Retention(props: { readonly mayDecide: boolean }) {
  const kept = useQuery({ queryKey: ['audit', 'retention'], queryFn: () => read(api.audit.retention.$get()) });
  const decide = useAct((days: number | null) => done(api.audit.retention.$put({ json: { days } })), {
    changes: ['audit'],
    says: 'It holds from now on',
  });
  return (
    <Panel title="How long rows are kept">
      <Loaded query={kept}>
        {({ days }) => {
          const value = days === null ? '' : String(days);
          const known = SPANS.some((one) => one.value === value);
          return (
            <NativeSelect
              className="narrow"
              aria-label="How long rows are kept"
              description={props.mayDecide ? 'What is older goes, and its going is a row.' : 'An owner decides.'}
              disabled={!props.mayDecide || decide.isPending}
              data={known ? SPANS : [{ value, label: `${value} days` }, ...SPANS]}
              value={value}
              onChange={({ currentTarget }) =>
                decide.mutate(currentTarget.value === '' ? null : Number(currentTarget.value))
              }
            />
          );
        }}
      </Loaded>
    </Panel>
  );
}
