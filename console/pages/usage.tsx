import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { dayAgo, usageQuery, type UsageRow } from '../api/usage.ts';
import { Bars } from '../parts/bars.tsx';
import { Budgets } from '../parts/budgets.tsx';
import { Empty } from '../parts/empty.tsx';
import { Rows, type Column } from '../parts/list.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { count, dollars } from '../parts/span.ts';
import { platformName } from '../parts/states.ts';

const SPANS = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
];
const GROUPS = [
  { value: 'model', label: 'Model' },
  { value: 'app', label: 'App' },
  { value: 'install', label: 'Install' },
  { value: 'channel', label: 'Channel' },
  { value: 'person', label: 'Person' },
  { value: 'day', label: 'Day' },
];

const NUMBERS: readonly Column<UsageRow>[] = [
  { title: 'Answers', number: true, cell: ({ answers }) => count(answers) },
  {
    title: 'Calls',
    number: true,
    cell: ({ calls, failed }) => `${count(calls)}${failed > 0 ? ` (${failed} failed)` : ''}`,
  },
  { title: 'Tokens in', number: true, cell: ({ tokensIn, tokensCached }) => count(tokensIn + tokensCached) },
  { title: 'Tokens out', number: true, cell: ({ tokensOut }) => count(tokensOut) },
  { title: 'Cost', number: true, cell: (row) => dollars(row.dollars) },
];

/** Of what a row is, by what the rows are parted. Pure. */
function nameOf(row: UsageRow, by: string): string {
  if (by === 'day') return row.day;
  if (by === 'person') return row.personName === '' ? row.person : row.personName;
  if (by === 'model') return row.model === '' ? row.provider : row.model;
  if (by === 'channel') return row.channel;
  return by === 'install' ? row.install : platformName(row.platform);
}

/** What answers used and cost, and what they may. */
export default function Usage() {
  const [days, setDays] = useState('30');
  const [by, setBy] = useState('model');
  const [now] = useState(Date.now);
  const [from, to] = [dayAgo(Number(days) - 1, now), dayAgo(0, now)];
  const perDay = useQuery(usageQuery(from, to, 'day'));
  const rows = useQuery(usageQuery(from, to, by));
  const parameters = new URLSearchParams({ from, to, by }).toString();
  return (
    <Page
      title="Usage & budgets"
      about="US dollars, as far as the prices of the models are known."
      actions={
        <Button component="a" href={`/api/v1/usage/csv?${parameters}`} variant="default" size="xs" download>
          CSV
        </Button>
      }
    >
      <Panel flush>
        <search className="filters" aria-label="Filter">
          <NativeSelect
            label="Span"
            data={SPANS}
            value={days}
            onChange={({ currentTarget }) => setDays(currentTarget.value)}
          />
          <NativeSelect
            label="Parted by"
            data={GROUPS}
            value={by}
            onChange={({ currentTarget }) => setBy(currentTarget.value)}
          />
        </search>
        <Loaded query={perDay}>{({ items }) => <PerDay rows={items} days={Number(days)} now={now} />}</Loaded>
        <Loaded query={rows}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="Nothing was used">Ask the bot something: what it costs appears here.</Empty>
            ) : (
              <Rows
                label="Usage"
                rows={items}
                columns={[{ title: 'Of', cell: (row) => nameOf(row, by) }, ...NUMBERS]}
                keyOf={(row) =>
                  [row.day, row.app, row.install, row.channel, row.person, row.provider, row.model].join(' ')
                }
              />
            )
          }
        </Loaded>
      </Panel>
      <Budgets />
    </Page>
  );
}

/** A bar for each day, those without anything too. */
function PerDay(props: { readonly rows: readonly UsageRow[]; readonly days: number; readonly now: number }) {
  const found = new Map(props.rows.map((row) => [row.day.slice(0, 10), row]));
  const all = Array.from({ length: props.days }, (_, at) => dayAgo(props.days - 1 - at, props.now));
  const sum = props.rows.reduce((total, row) => total + row.dollars, 0);
  const answers = props.rows.reduce((total, row) => total + row.answers, 0);
  const isFree = sum === 0;
  return (
    <div className="panel-body">
      <p className="figures">
        <strong>{dollars(sum)}</strong> for <strong>{count(answers)}</strong> {answers === 1 ? 'answer' : 'answers'}
      </p>
      <Bars
        label={isFree ? 'Answers per day' : 'Cost per day'}
        bars={all.map((day) => {
          const row = found.get(day);
          const value = (isFree ? row?.answers : row?.dollars) ?? 0;
          return { name: day, value, says: isFree ? `${value} answers` : dollars(value) };
        })}
      />
    </div>
  );
}
