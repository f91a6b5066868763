import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { leadQuery } from '../../api/first-run.ts';
import { goOn, platformsQuery, type App, type Platform } from '../../api/installs.ts';
import { Loaded } from '../loaded.tsx';
import { Onward } from '../onward.tsx';
import { Said } from '../said.tsx';
import { WayForm } from '../way-form.tsx';
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
      <WayForm
        key={id}
        platform={platform.platform}
        way={way}
        // The first way makes the app by itself; for the others its addresses are typed on the platform before it is there.
        prepares={way !== platform.ways[0]}
        back="get-started"
        after={({ go }) => (go === null || go.aside ? props.done() : goOn(go))}
      />
      <Button variant="subtle" size="xs" onClick={props.back}>
        Another platform
      </Button>
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
      {go !== null && <Onward go={go} />}
      <Button variant="subtle" size="xs" onClick={props.other}>
        Another platform
      </Button>
    </div>
  );
}
