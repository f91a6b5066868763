import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { goOn, platformsQuery, type Platform, type Step } from '../api/installs.ts';
import { Loaded } from './loaded.tsx';
import { Onward } from './onward.tsx';
import { WayForm } from './way-form.tsx';

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
        const offered = items.filter(({ ways }) => ways.length > 0);
        return (
          <div className="stack">
            {offered.map(({ platform: name, title, ways }) => (
              <button key={name} type="button" className="choice" onClick={() => setChosen(name)}>
                <strong>{title}</strong>
                <span className="quiet">{ways[0]?.summary}</span>
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
  const [aside, setAside] = useState<Step>();
  const way = platform.ways.find((one) => one.id === id);
  if (way === undefined) return null;
  if (aside !== undefined) return <Beside go={aside} close={props.close} />;
  const after = (go: Step | null): void => {
    if (go === null) props.close();
    else if (go.aside) setAside(go);
    else goOn(go);
  };
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
      <WayForm key={id} platform={platform.platform} way={way} prepares after={({ go }) => after(go)} />
      <Button variant="subtle" size="xs" onClick={props.back}>
        Another platform
      </Button>
    </div>
  );
}

/** It is connected, and the platform leads nobody back: what is left to do there is a link beside the console. */
function Beside(props: { readonly go: Step; readonly close: () => void }) {
  return (
    <div className="stack">
      <p className="flat" role="status">
        It is connected, and is in no workspace yet.
      </p>
      <Onward go={props.go} />
      <Button variant="subtle" size="xs" onClick={props.close}>
        Close
      </Button>
    </div>
  );
}
