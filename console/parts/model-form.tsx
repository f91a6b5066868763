import { Button, Checkbox, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, done } from '../api/client.ts';
import { MAKERS, PROTOCOLS, type Model } from '../api/models.ts';
import { Form } from './door.tsx';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

type Given = {
  readonly name: string;
  readonly model: string;
  readonly baseUrl: string;
  readonly protocol: string;
  readonly key: string;
  readonly sees: boolean;
};

const NEW: Given = { name: '', model: '', baseUrl: '', protocol: MAKERS[0].protocol, key: '', sees: false };

const makerOf = (protocol: string) => MAKERS.find((maker) => maker.protocol === protocol) ?? MAKERS[2];

/** Adds a model, or changes one: the maker, the model, a key. */
export function ModelForm({ of, close }: { readonly of?: Model; readonly close: () => void }) {
  const [values, setValues] = useState<Given>(of === undefined ? NEW : { ...NEW, ...of, baseUrl: of.baseUrl ?? '' });
  const set = (some: Partial<Given>): void => setValues({ ...values, ...some });
  const save = useAct(() => put(values, of), {
    changes: ['models'],
    says: 'It is asked from now on: test it',
    quiet: true,
    after: close,
  });
  return (
    <Form onSubmit={() => save.mutate(undefined)}>
      <NativeSelect
        label="Of"
        data={MAKERS.map(({ title, protocol }) => ({ value: protocol, label: title }))}
        value={values.protocol}
        onChange={({ currentTarget }) => {
          const { protocol, baseUrl } = makerOf(currentTarget.value);
          set({ protocol, baseUrl });
        }}
      />
      <TextInput
        label="Model"
        description="As its maker calls it"
        required
        value={values.model}
        onChange={({ currentTarget }) => set({ model: currentTarget.value.trim() })}
      />
      <TextInput
        label="Name here"
        required
        disabled={of !== undefined}
        value={values.name}
        onChange={({ currentTarget }) => set({ name: currentTarget.value })}
      />
      <Key of={of} values={values} set={set} />
      <TextInput
        label="Address"
        description="Empty: the maker’s own"
        type="url"
        value={values.baseUrl}
        onChange={({ currentTarget }) => set({ baseUrl: currentTarget.value.trim() })}
      />
      <Checkbox
        label="It sees images"
        checked={values.sees}
        onChange={({ currentTarget }) => set({ sees: currentTarget.checked })}
      />
      <Said error={save.error} />
      <Button type="submit" loading={save.isPending}>
        Save
      </Button>
    </Form>
  );
}

function Key(props: {
  readonly of: Model | undefined;
  readonly values: Given;
  readonly set: (some: Partial<Given>) => void;
}) {
  const { of, values, set } = props;
  const maker = makerOf(values.protocol);
  if (maker.protocol === 'demo') return null;
  const none = maker.hasKey ? undefined : 'Empty: none is sent.';
  return (
    <PasswordInput
      label="Key"
      description={of?.hasKey === true ? 'Empty: the one that is kept.' : none}
      autoComplete="off"
      required={maker.hasKey && of === undefined}
      value={values.key}
      onChange={({ currentTarget }) => set({ key: currentTarget.value })}
      visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
    />
  );
}

function put({ name, model, baseUrl, protocol, key, sees }: Given, of: Model | undefined): Promise<void> {
  const known = PROTOCOLS.find((one) => one === protocol) ?? 'openai-chat';
  const json = {
    ...(of !== undefined && keptOf(of)),
    ...(key !== '' && { key }),
    protocol: known,
    baseUrl: baseUrl === '' ? null : baseUrl,
    model,
    sees,
  };
  return done(api.models[':name'].$put({ param: { name }, json }));
}

/** What the form does not ask for, and stays. Pure. */
const keptOf = ({ embeddingModel, tools, windowTokens, maxOutputTokens, region, retention, quality }: Model) => ({
  embeddingModel,
  tools,
  windowTokens,
  maxOutputTokens,
  region,
  retention,
  quality,
});
