import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, read } from '../../api/client.ts';
import { leadQuery } from '../../api/first-run.ts';
import { goOn, platformsQuery, type App, type Platform, type Way } from '../../api/installs.ts';
import { Copy } from '../copy.tsx';
import { Form } from '../door.tsx';
import { Fields, type Values } from '../fields.tsx';
import { Loaded } from '../loaded.tsx';
import { Said } from '../said.tsx';
import { useAct } from '../use-act.ts';
import { PublicAddress } from './address.tsx';

/** Connects a platform: which one, what it asks for, and into which workspace. */
export function Place(props: { readonly app: App | undefined; readonly problem: string | null }) {
  const [other, setOther] = useState(false);
  const platforms = useQuery(platformsQuery);
  const { app } = props;
  return (
    <div className="stack">
      <PublicAddress />
      {props.problem !== null && (
        <p className="said" role="alert">
          It is not connected: {props.problem}
        </p>
      )}
      {app !== undefined && !other ? (
        <Lead app={app} other={() => setOther(true)} />
      ) : (
        <Loaded query={platforms}>{({ items }) => <Choose platforms={items} done={() => setOther(false)} />}</Loaded>
      )}
    </div>
  );
}

function Choose(props: { readonly platforms: readonly Platform[]; readonly done: () => void }) {
  const [chosen, setChosen] = useState<string>();
  const platform = props.platforms.find((one) => one.platform === chosen);
  if (platform !== undefined)
    return <Ways key={platform.platform} platform={platform} back={() => setChosen(undefined)} done={props.done} />;
  return (
    <div className="choices">
      {props.platforms
        .filter(({ ways }) => ways.length > 0)
        .map(({ platform: name, title, ways }) => (
          <button key={name} type="button" className="choice" onClick={() => setChosen(name)}>
            <strong>{title}</strong>
            <span className="quiet">{ways[0]?.summary}</span>
          </button>
        ))}
    </div>
  );
}

function Ways(props: { readonly platform: Platform; readonly back: () => void; readonly done: () => void }) {
  const { platform } = props;
  const [id, setId] = useState(platform.ways[0]?.id ?? '');
  const way = platform.ways.find((one) => one.id === id);
  if (way === undefined) return null;
  return (
    <div className="stack">
      <h3>{platform.title}</h3>
      {platform.ways.length > 1 && (
        <NativeSelect
          label="How"
          value={id}
          data={platform.ways.map((one) => ({ value: one.id, label: one.title }))}
          onChange={({ currentTarget }) => setId(currentTarget.value)}
        />
      )}
      <p className="quiet flat">{way.summary}</p>
      <WayForm key={id} platform={platform} way={way} done={props.done} />
      <Button variant="subtle" size="xs" onClick={props.back}>
        Another platform
      </Button>
    </div>
  );
}

/** What is one of several is the first of them, until somebody chooses. */
const firstOf = (way: Way): Values =>
  Object.fromEntries(way.fields.flatMap(({ name, options }) => (options === null ? [] : [[name, options[0] ?? '']])));

function WayForm(props: { readonly platform: Platform; readonly way: Way; readonly done: () => void }) {
  const { way } = props;
  const { platform, ways } = props.platform;
  const [values, setValues] = useState(() => firstOf(way));
  // The first way makes the app by itself; for the others its addresses are typed on the platform before it is there.
  const prepared = useQuery({
    queryKey: ['prepared', platform],
    queryFn: () => read(api.connect[':platform'].prepare.$post({ param: { platform }, json: {} })),
    staleTime: Infinity,
    enabled: way !== ways[0],
  });
  const begin = useAct(
    () =>
      read(
        api.connect[':platform'].$post({
          param: { platform },
          json: {
            way: way.id,
            values,
            back: 'get-started',
            ...(prepared.data !== undefined && { app: prepared.data.app }),
          },
        }),
      ),
    {
      changes: ['installs'],
      quiet: true,
      after: ({ go }) => (go === null || go.aside ? props.done() : goOn(go)),
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

export function Address(props: { readonly name: string; readonly url: string }) {
  return (
    <div>
      <span className="quiet">{props.name}: </span>
      <span className="mono wrap">{props.url}</span> <Copy text={props.url} what={props.name.toLowerCase()} />
    </div>
  );
}

/** The app is there, and is in no workspace yet. */
function Lead(props: { readonly app: App; readonly other: () => void }) {
  const { app } = props;
  const lead = useQuery(leadQuery(app.id));
  const go = lead.data?.go ?? null;
  return (
    <div className="stack">
      <p className="flat">
        {app.title} knows the app {app.name}. It is in no workspace yet: put it into one. This page goes on by itself.
      </p>
      <Said error={lead.error} />
      {go !== null && /^https?:/.test(go.url) && (
        <Button component="a" href={go.url} {...(go.aside && { target: '_blank', rel: 'noopener noreferrer' })}>
          Put it into a workspace
        </Button>
      )}
      <Button variant="subtle" size="xs" onClick={props.other}>
        Another platform
      </Button>
    </div>
  );
}
