import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { goOn, platformsQuery, type Platform } from '../api/installs.ts';
import { Loaded } from './loaded.tsx';
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
      <WayForm
        key={id}
        platform={platform.platform}
        way={way}
        start={{}}
        prepares
        after={({ go }) => (go === null ? props.close() : goOn(go))}
      />
      <Button variant="subtle" size="xs" onClick={props.back}>
        Another platform
      </Button>
    </div>
  );
}
