import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { goOn, platformsQuery, type Platform, type Way } from '../api/installs.ts';
import { Copy } from './copy.tsx';
import { Form } from './door.tsx';
import { Fields, type Values } from './fields.tsx';
import { Loaded } from './loaded.tsx';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

/** Connects an app: the platform, the way with the least typing first, and what it asks for. */
export function Connect(props: { readonly close: () => void }) {
  const platforms = useQuery(platformsQuery);
  const [chosen, setChosen] = useState<string>();
  return (
    <Loaded query={platforms}>
      {({ items }) => {
        const platform = items.find((one) => one.platform === chosen);
        if (platform !== undefined)
          return <Ways platform={platform} back={() => setChosen(undefined)} close={props.close} />;
        return (
          <div className="stack">
            {items.map(({ platform: name, title, ways }) => (
              <button
                key={name}
                type="button"
                className="choice"
                disabled={ways.length === 0}
                onClick={() => setChosen(name)}
              >
                <strong>{title}</strong>
                <span className="quiet">
                  {ways[0]?.summary ?? 'It is connected by variables of the environment alone.'}
                </span>
              </button>
            ))}
          </div>
        );
      }}
    </Loaded>
  );
}

function Ways(props: { readonly platform: Platform; readonly back: () => void; readonly close: () => void }) {
  const { platform } = props;
  const [id, setId] = useState(platform.ways[0]?.id ?? '');
  const way = platform.ways.find((one) => one.id === id);
  if (way === undefined) return null;
  return (
    <div className="stack">
      {platform.ways.length > 1 && (
        <NativeSelect
          label="How"
          value={id}
          data={platform.ways.map((one) => ({ value: one.id, label: one.title }))}
          onChange={({ currentTarget }) => setId(currentTarget.value)}
        />
      )}
      <p className="quiet flat">{way.summary}</p>
      <Addresses platform={platform.platform} way={way} close={props.close} key={id} />
      <Button variant="subtle" size="xs" onClick={props.back}>
        Another platform
      </Button>
    </div>
  );
}

/** The addresses that the platform is told, ready to copy, and the form of the way. */
function Addresses(props: { readonly platform: string; readonly way: Way; readonly close: () => void }) {
  const { platform, way } = props;
  const [values, setValues] = useState<Values>({});
  const prepared = useQuery({
    queryKey: ['prepared', platform],
    queryFn: () => read(api.connect[':platform'].prepare.$post({ param: { platform }, json: {} })),
    staleTime: Infinity,
  });
  const begin = useAct(
    () =>
      read(
        api.connect[':platform'].$post({
          param: { platform },
          json: { way: way.id, values, ...(prepared.data !== undefined && { app: prepared.data.app }) },
        }),
      ),
    {
      changes: ['installs'],
      quiet: true,
      after: ({ go }) => (go === null ? props.close() : goOn(go)),
    },
  );
  return (
    <>
      {prepared.data !== undefined && (
        <div className="note">
          <Address name="Events go to" url={prepared.data.hookUrl} />
          <Address name="People come back to" url={prepared.data.callbackUrl} />
          {prepared.data.prefilled !== null && /^https?:/.test(prepared.data.prefilled) && (
            <a href={prepared.data.prefilled} target="_blank" rel="noopener noreferrer">
              Make the app there, filled in
            </a>
          )}
        </div>
      )}
      <Form onSubmit={() => begin.mutate(undefined)}>
        <Fields fields={way.fields} values={values} onChange={setValues} />
        <Said error={begin.error ?? prepared.error} />
        <Button type="submit" loading={begin.isPending}>
          Connect
        </Button>
      </Form>
    </>
  );
}

function Address(props: { readonly name: string; readonly url: string }) {
  return (
    <div>
      <span className="quiet">{props.name}: </span>
      <span className="mono">{props.url}</span> <Copy text={props.url} what={props.name.toLowerCase()} />
    </div>
  );
}
