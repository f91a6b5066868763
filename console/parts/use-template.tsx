import { Button, Group, NativeSelect, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { api, done } from '../api/client.ts';
import { appsQuery } from '../api/installs.ts';
import { EVERYWHERE, type Place } from '../api/policies.ts';
import { nameOf, TASKS, type Version } from '../api/templates.ts';
import { useQuery } from '@tanstack/react-query';
import { Form } from './door.tsx';
import { PlacePicker } from './place-picker.tsx';
import { platformOf } from './states.ts';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

type Variant = { readonly template: string; readonly share: number };
const MOST = 10;

/** Uses a version somewhere, or shares conversations out among several. */
export function UseTemplate(props: { readonly versions: readonly Version[]; readonly close: () => void }) {
  const names = props.versions.map(nameOf).toReversed();
  const first = names[0] ?? '';
  const [variants, setVariants] = useState<readonly Variant[]>([{ template: first, share: 1 }]);
  const [task, setTask] = useState<(typeof TASKS)[number]>('');
  const [place, setPlace] = useState<Place>(EVERYWHERE);
  const apps = useQuery(appsQuery);
  const use = useAct(
    () => {
      const platform = platformOf(apps.data?.items.find(({ id }) => id === place.app)?.platform ?? '');
      const { install, channel } = place;
      return done(api.templates.rules.$post({ json: { platform, install, channel, task, variants: [...variants] } }));
    },
    { changes: ['templates'], says: 'It is used from now on', quiet: true, after: props.close },
  );
  return (
    <Form onSubmit={() => use.mutate(undefined)}>
      <Variants of={variants} names={names} set={setVariants} />
      <NativeSelect
        label="Task"
        data={TASKS.map((one) => ({ value: one, label: one === '' ? 'all of them' : one }))}
        value={task}
        onChange={({ currentTarget }) => setTask(TASKS.find((one) => one === currentTarget.value) ?? '')}
      />
      <PlacePicker place={place} set={setPlace} />
      <Said error={use.error} />
      <Button type="submit" loading={use.isPending}>
        Use it
      </Button>
    </Form>
  );
}

function Variants(props: {
  readonly of: readonly Variant[];
  readonly names: readonly string[];
  readonly set: (variants: readonly Variant[]) => void;
}) {
  const { of, names, set } = props;
  const sum = of.reduce((all, { share }) => all + share, 0);
  const unused = names.find((name) => !of.some(({ template }) => template === name));
  return (
    <fieldset className="part stack">
      <legend>{of.length > 1 ? 'Conversations are shared out among' : 'What is used'}</legend>
      {of.map((variant, at) => (
        <Group key={`${at} of`} gap="xs" align="end" wrap="nowrap">
          <NativeSelect
            label={of.length > 1 ? `Version ${at + 1}` : 'Version'}
            data={[...names]}
            value={variant.template}
            onChange={({ currentTarget }) => set(of.with(at, { ...variant, template: currentTarget.value }))}
          />
          {of.length > 1 && (
            <>
              <NumberInput
                label={`Share, ${Math.round((variant.share / sum) * 100)} %`}
                min={1}
                max={9_999}
                hideControls
                value={variant.share}
                onChange={(share) => set(of.with(at, { ...variant, share: Math.max(1, Number(share)) }))}
              />
              <Button variant="subtle" size="xs" onClick={() => set(of.toSpliced(at, 1))}>
                Leave out
              </Button>
            </>
          )}
        </Group>
      ))}
      {unused !== undefined && of.length < MOST && (
        <Button variant="default" size="xs" onClick={() => set([...of, { template: unused, share: 1 }])}>
          Try another one beside it
        </Button>
      )}
    </fieldset>
  );
}
