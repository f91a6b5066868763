import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import * as z from 'zod/mini';

const Told = z.union([z.strictObject({ channel: z.string() }), z.strictObject({ person: z.string() })]);

const KINDS = [
  { value: 'channel', label: 'A channel' },
  { value: 'person', label: 'A person' },
];

/** A channel or a person, by the platform's id. */
export function Recipient(props: {
  readonly label: string;
  readonly value: unknown;
  readonly set: (value: unknown) => void;
}) {
  const told = Told.safeParse(props.value).data;
  // Which of both is meant is chosen before there is an id.
  const [chosen, setChosen] = useState('channel');
  const kind = told === undefined ? chosen : 'channel' in told ? 'channel' : 'person';
  const id = told === undefined ? '' : 'channel' in told ? told.channel : told.person;
  return (
    <div className="fields">
      <NativeSelect
        label="Who is told"
        data={KINDS}
        value={kind}
        onChange={({ currentTarget }) => {
          setChosen(currentTarget.value);
          if (id !== '') props.set({ [currentTarget.value]: id });
        }}
      />
      <TextInput
        label="Id"
        description="The platform’s; empty: nobody"
        value={id}
        onChange={({ currentTarget }) => {
          const given = currentTarget.value.trim();
          // Nobody here, whoever is told in the wider place.
          props.set(given === '' ? null : { [kind]: given });
        }}
      />
    </div>
  );
}
