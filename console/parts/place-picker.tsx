import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { appsQuery, channelsQuery, installsQuery } from '../api/installs.ts';
import { EVERYWHERE, type Place } from '../api/policies.ts';

type Props = {
  readonly place: Place;
  readonly set: (place: Place) => void;
  /** How deep it goes. */
  readonly upTo?: 'install' | 'channel';
  /** Something has to be chosen. */
  readonly required?: boolean;
};

/** Chooses a place: an app, a workspace of it, a channel in which something was said or whose id somebody knows. */
export function PlacePicker({ place, set, upTo = 'channel', required }: Props) {
  const apps = useQuery(appsQuery);
  const none = required === true ? 'Choose…' : 'All of the organization';
  const names = (apps.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <NativeSelect
        label="App"
        required={required ?? false}
        value={place.app}
        data={[{ value: '', label: none }, ...names]}
        onChange={({ currentTarget }) => set({ ...EVERYWHERE, app: currentTarget.value })}
      />
      {place.app !== '' && <InApp place={place} set={set} upTo={upTo} required={required === true} />}
    </>
  );
}

function InApp(props: Required<Omit<Props, 'required'>> & { readonly required: boolean }) {
  const { place, set, required } = props;
  const installs = useQuery(installsQuery);
  const there = (installs.data?.items ?? []).filter(({ app }) => app === place.app);
  const names = there.map(({ external, name }) => ({ value: external, label: name }));
  return (
    <>
      <NativeSelect
        label="Workspace"
        required={required}
        value={place.install}
        data={[{ value: '', label: required ? 'Choose…' : 'All of them' }, ...names]}
        onChange={({ currentTarget }) => set({ ...place, install: currentTarget.value, channel: '' })}
      />
      {place.install !== '' && props.upTo === 'channel' && (
        <Channel
          install={there.find(({ external }) => external === place.install)?.id ?? ''}
          required={required}
          value={place.channel}
          set={(channel) => set({ ...place, channel })}
        />
      )}
    </>
  );
}

function Channel(props: {
  readonly install: string;
  readonly required: boolean;
  readonly value: string;
  readonly set: (channel: string) => void;
}) {
  const list = useId();
  const { data } = useQuery(channelsQuery(props.install));
  return (
    <>
      <TextInput
        label="Channel"
        list={list}
        placeholder={props.required ? 'the platform’s id' : 'all of them'}
        required={props.required}
        autoComplete="off"
        value={props.value}
        onChange={({ currentTarget }) => props.set(currentTarget.value.trim())}
      />
      <datalist id={list}>
        {(data?.items ?? []).map(({ channel }) => (
          <option key={channel} value={channel}>
            {channel}
          </option>
        ))}
      </datalist>
    </>
  );
}
