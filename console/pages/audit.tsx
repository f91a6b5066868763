import { Button, Code, Group, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { infiniteQueryOptions, useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { saveAs } from '../api/save-as.ts';
import { Empty } from '../parts/empty.tsx';
import { List, type Column } from '../parts/list.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { When } from '../parts/time.tsx';
import { toast, toastProblem } from '../parts/toast.ts';

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
  { title: 'What', cell: ({ what }) => what },
  { title: 'Of', cell: ({ subject }) => <span className="mono">{subject}</span> },
  { title: 'Who', cell: ({ actorName, actor }) => <span title={actor}>{actorName}</span> },
  {
    title: 'Details',
    cell: ({ details }) => (Object.keys(details).length === 0 ? '' : <Code>{JSON.stringify(details)}</Code>),
  },
  { title: 'When', cell: ({ at }) => <When at={at} /> },
  { title: 'Row', number: true, cell: ({ seq }) => seq },
];

/** What was done, by whom, and whether what is written of it is whole. */
export default function Audit() {
  const [typed, setTyped] = useState<Filter>({ actor: '', what: '' });
  const [filter] = useDebouncedValue(typed, 250);
  const pages = useInfiniteQuery(auditQuery(filter));
  const isFiltered = filter.actor !== '' || filter.what !== '';
  return (
    <Page
      title="Audit"
      about="Everything that somebody changed here. Rows are chained: one that is altered or taken out is found."
      actions={<Acts filter={filter} />}
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
    </Page>
  );
}

function Acts(props: { readonly filter: Filter }) {
  const proof = useMutation({
    mutationFn: () => read(api.audit.proof.$get()),
    onSuccess: ({ rows, broken }) =>
      toast(
        broken === null
          ? { title: 'The chain is whole', message: `${rows} rows are as they were written.` }
          : {
              isBad: true,
              title: 'The chain is broken',
              message: `Row ${broken} is not as it was written: compare it with your backups.`,
            },
      ),
    onError: toastProblem,
  });
  const download = useMutation({
    mutationFn: () => all(props.filter),
    onSuccess: (entries) => saveAs('audit.json', 'application/json', JSON.stringify(entries, undefined, 2)),
    onError: toastProblem,
  });
  return (
    <Group gap="xs">
      <Button variant="default" loading={proof.isPending} onClick={() => proof.mutate()}>
        Verify
      </Button>
      <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
        Export
      </Button>
    </Group>
  );
}

/** All rows that match, page by page. */
async function all(filter: Filter): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const { items } = await load(filter, entries.at(-1)?.seq ?? NEWEST);
    entries.push(...items);
    if (items.length < ROWS) return entries;
  }
}
