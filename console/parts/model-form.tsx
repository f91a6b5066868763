import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, done } from '../api/client.ts';
import { bodyOf, givenOf, NEW, type Given } from '../api/model-given.ts';
import { PRESETS, PROTOCOLS, type Model, type Preset } from '../api/models.ts';
import { Form } from './door.tsx';
import { ModelFacts } from './model-facts.tsx';
import { ModelKey } from './model-key.tsx';
import { ModelPrice } from './model-price.tsx';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

/** Adds a model, or changes one; what is not touched stays. */
export function ModelForm({ of, close }: { readonly of?: Model; readonly close: () => void }) {
  const [given, setGiven] = useState<Given>(() => (of === undefined ? begin(PRESETS[0]) : givenOf(of, PROTOCOLS)));
  const set = (some: Partial<Given>): void => setGiven((before) => ({ ...before, ...some }));
  const save = useAct(() => done(api.models[':name'].$put({ param: { name: given.name }, json: bodyOf(given) })), {
    changes: ['models'],
    says: 'It is asked from now on: test it',
    quiet: true,
    after: close,
  });
  return (
    <Form onSubmit={() => save.mutate(undefined)}>
      {of === undefined && <Presets choose={(preset) => setGiven(begin(preset))} />}
      <Where of={given} set={set} isNew={of === undefined} />
      {given.protocol !== 'demo' && (
        <ModelKey of={given.key} isKept={of?.hasKey === true} set={(key) => set({ key })} />
      )}
      <ModelPrice of={given.price} set={(price) => set({ price })} />
      <ModelFacts of={given} set={set} />
      <Said error={save.error} />
      <Button type="submit" loading={save.isPending}>
        Save
      </Button>
    </Form>
  );
}

/** A form as a preset fills it. Pure. */
function begin(preset: Preset | undefined): Given {
  if (preset === undefined) return NEW;
  const { name, protocol, baseUrl, hasKey, isFree } = preset;
  return {
    ...NEW,
    name,
    protocol,
    baseUrl,
    model: protocol === 'demo' ? 'demo' : '',
    key: { is: hasKey ? 'new' : 'none', text: '' },
    price: { ...NEW.price, is: isFree ? 'free' : 'catalogue' },
  };
}

function Presets(props: { readonly choose: (preset: Preset | undefined) => void }) {
  return (
    <NativeSelect
      label="Of"
      data={PRESETS.map(({ name, title }) => ({ value: name, label: title }))}
      onChange={({ currentTarget }) => props.choose(PRESETS.find(({ name }) => name === currentTarget.value))}
    />
  );
}

function Where(props: { readonly of: Given; readonly set: (some: Partial<Given>) => void; readonly isNew: boolean }) {
  const { of, set } = props;
  return (
    <>
      <TextInput
        label="Model"
        description="As its maker calls it"
        required
        value={of.model}
        onChange={({ currentTarget }) => set({ model: currentTarget.value.trim() })}
      />
      <TextInput
        label="Name here"
        required
        disabled={!props.isNew}
        value={of.name}
        onChange={({ currentTarget }) => set({ name: currentTarget.value.trim() })}
      />
      <TextInput
        label="Address"
        description="With the version; empty: the maker’s own"
        type="url"
        value={of.baseUrl}
        onChange={({ currentTarget }) => set({ baseUrl: currentTarget.value.trim() })}
      />
      <NativeSelect
        label="Protocol"
        data={[...PROTOCOLS]}
        value={of.protocol}
        onChange={({ currentTarget }) =>
          set({ protocol: PROTOCOLS.find((one) => one === currentTarget.value) ?? of.protocol })
        }
      />
    </>
  );
}
