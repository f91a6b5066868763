import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, done } from '../api/client.ts';
import { nameOf, type Version } from '../api/templates.ts';
import { Form } from './door.tsx';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

const TASKS = ['', 'chat', 'review', 'files'] as const;

/** Uses a version somewhere. */
export function UseTemplate(props: { readonly versions: readonly Version[]; readonly close: () => void }) {
  const names = props.versions.map(nameOf).toReversed();
  const [template, setTemplate] = useState(names[0] ?? '');
  const [task, setTask] = useState<(typeof TASKS)[number]>('');
  const [place, setPlace] = useState({ install: '', channel: '' });
  const use = useAct(
    () => done(api.templates.rules.$post({ json: { ...place, task, variants: [{ template, share: 1 }] } })),
    { changes: ['templates'], says: 'It is used from now on', quiet: true, after: props.close },
  );
  return (
    <Form onSubmit={() => use.mutate(undefined)}>
      <NativeSelect
        label="Version"
        data={names}
        value={template}
        onChange={({ currentTarget }) => setTemplate(currentTarget.value)}
      />
      <NativeSelect
        label="Task"
        data={TASKS.map((one) => ({ value: one, label: one === '' ? 'all of them' : one }))}
        value={task}
        onChange={({ currentTarget }) => setTask(TASKS.find((one) => one === currentTarget.value) ?? '')}
      />
      <TextInput
        label="Workspace"
        description="The platform’s id; empty: all of them"
        value={place.install}
        onChange={({ currentTarget }) => setPlace({ ...place, install: currentTarget.value.trim() })}
      />
      <TextInput
        label="Channel"
        description="The platform’s id; empty: all of them"
        value={place.channel}
        onChange={({ currentTarget }) => setPlace({ ...place, channel: currentTarget.value.trim() })}
      />
      <Said error={use.error} />
      <Button type="submit" loading={use.isPending}>
        Use it
      </Button>
    </Form>
  );
}
