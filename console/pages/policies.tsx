import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { appsQuery, installsQuery } from '../api/installs.ts';
import { effectiveQuery, EVERYWHERE, layersQuery, type Effective, type Place } from '../api/policies.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { EditPolicy } from '../parts/edit-policy.tsx';
import { Rows, type Column } from '../parts/list.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { ABOUT } from '../parts/policy-fields.ts';

type Field = Effective & { readonly name: string };

const FROM = {
  default: 'the default',
  organization: 'the organization',
  app: 'the app',
  install: 'the install',
  channel: 'this channel',
} as const;

const COLUMNS: readonly Column<Field>[] = [
  {
    title: 'What',
    cell: ({ name }) => (
      <>
        {ABOUT[name]?.title ?? name}
        <div className="quiet">{ABOUT[name]?.about}</div>
      </>
    ),
  },
  { title: 'Value', cell: ({ value }) => <span className="mono">{written(value)}</span> },
  {
    title: 'From',
    cell: ({ from, origin }) => (
      <span className={from === 'default' ? 'quiet' : undefined}>
        {FROM[from]}
        {origin === 'file' && ', in the file'}
      </span>
    ),
  },
];

/** How the bot behaves, and where that was decided. */
export default function Policies() {
  const { data: me } = useSuspenseQuery(meQuery);
  const [place, setPlace] = useState<Place>(EVERYWHERE);
  const [settled] = useDebouncedValue(place, 250);
  const query = useQuery({ ...effectiveQuery(settled), placeholderData: (before) => before });
  const layers = useQuery(layersQuery);
  return (
    <Page
      title="Policies"
      about="How the bot behaves in a place. What a place does not decide comes from the wider one."
      actions={
        isAtLeast(me.role, 'admin') &&
        layers.data !== undefined && (
          <EditPolicy key={JSON.stringify(settled)} place={settled} layers={layers.data.layers} />
        )
      }
    >
      <Panel flush>
        <Where place={place} set={setPlace} />
        <Loaded query={query}>
          {({ fields }) => (
            <Rows
              label="What holds here"
              rows={Object.entries(fields).map(([name, field]) => ({ ...field, name }))}
              columns={COLUMNS}
              keyOf={({ name }) => name}
            />
          )}
        </Loaded>
      </Panel>
    </Page>
  );
}

const written = (value: unknown): string => {
  if (value === null || value === undefined) return 'not set';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

function Where(props: { readonly place: Place; readonly set: (place: Place) => void }) {
  const { place, set } = props;
  const apps = useQuery(appsQuery);
  const installs = useQuery(installsQuery);
  const there = (installs.data?.items ?? []).filter(({ app }) => app === place.app);
  return (
    <search className="filters" aria-label="Place">
      <NativeSelect
        label="App"
        value={place.app}
        data={[
          { value: '', label: 'All of the organization' },
          ...(apps.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={({ currentTarget }) => set({ ...EVERYWHERE, app: currentTarget.value })}
      />
      {place.app !== '' && (
        <NativeSelect
          label="Workspace"
          value={place.install}
          data={[
            { value: '', label: 'All of them' },
            ...there.map(({ external, name }) => ({ value: external, label: name })),
          ]}
          onChange={({ currentTarget }) => set({ ...place, install: currentTarget.value, channel: '' })}
        />
      )}
      {place.install !== '' && (
        <TextInput
          label="Channel"
          placeholder="the platform’s id"
          value={place.channel}
          onChange={({ currentTarget }) => set({ ...place, channel: currentTarget.value.trim() })}
        />
      )}
    </search>
  );
}
