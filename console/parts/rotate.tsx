import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { goOn, platformsQuery, type App } from '../api/installs.ts';
import { Dialog } from './dialog.tsx';
import { Form } from './door.tsx';
import { Fields } from './fields.tsx';
import { Said } from './said.tsx';
import { startOf, type Values } from './start-of.ts';
import { useAct } from './use-act.ts';

/** Gives an app other credentials; the old ones are never shown. */
export function Rotate(props: { readonly app: App }) {
  return (
    <Dialog button="Rotate…" title={`Other credentials for ${props.app.name}`}>
      {(close) => <Rotation app={props.app} close={close} />}
    </Dialog>
  );
}

function Rotation({ app, close }: { readonly app: App; readonly close: () => void }) {
  const { data } = useQuery(platformsQuery);
  const ways = data?.items.find(({ platform }) => platform === app.platform)?.ways ?? [];
  const [chosen, setChosen] = useState<string>();
  const [given, setGiven] = useState<Values>({});
  const way = ways.find(({ id }) => id === chosen) ?? ways[0];
  const values = { ...startOf(way?.fields ?? []), ...given };
  const rotate = useAct(
    () =>
      read(
        api.apps[':id'].credentials.$put({
          param: { id: app.id },
          json: { way: way?.id ?? '', values },
        }),
      ),
    {
      changes: ['installs'],
      says: 'It has its new credentials',
      quiet: true,
      // Where nobody is led back from, there is nothing left to do there: it is in its workspaces already.
      after: ({ go }) => (go === null || go.aside ? close() : goOn(go)),
    },
  );
  if (way === undefined) return <p className="quiet">This platform takes its credentials from the environment.</p>;
  return (
    <Form onSubmit={() => rotate.mutate(undefined)}>
      {ways.length > 1 && (
        <NativeSelect
          label="How"
          value={way.id}
          data={ways.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={({ currentTarget }) => {
            setChosen(currentTarget.value);
            setGiven({});
          }}
        />
      )}
      <Fields fields={way.fields} values={values} onChange={setGiven} />
      <Said error={rotate.error} />
      <Button type="submit" loading={rotate.isPending}>
        Use these
      </Button>
    </Form>
  );
}
