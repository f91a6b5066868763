import { Button, JsonInput, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import * as z from 'zod/mini';
import { layerOf, saveLayer, type Layer, type Place } from '../api/policies.ts';
import { Dialog } from './dialog.tsx';
import { Form } from './door.tsx';
import { ABOUT } from './policy-fields.ts';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

/** The server checks each field of it, and names what it does not take. */
const Layer = z.custom<Parameters<typeof saveLayer>[1]>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'It has to be an object: { "answer": "mention" }',
);

const CHOICES = Object.entries(ABOUT).flatMap(([name, { title, choices }]) =>
  choices === undefined ? [] : [{ name, title, choices }],
);

/** Decides for a place: the choices as such, everything else as JSON of the same layer. */
export function EditPolicy(props: { readonly place: Place; readonly layers: readonly Layer[] }) {
  return (
    <Dialog button="Decide here…" title="What this place decides itself" size="lg" primary>
      {(close) => <Edit {...props} close={close} />}
    </Dialog>
  );
}

function Edit(props: { readonly place: Place; readonly layers: readonly Layer[]; readonly close: () => void }) {
  const [text, setText] = useState(() => JSON.stringify(layerOf(props.layers, props.place), undefined, 2));
  const save = useAct(() => saveLayer(props.place, Layer.parse(JSON.parse(text))), {
    changes: ['policies'],
    says: 'It holds from now on',
    quiet: true,
    after: props.close,
  });
  const layer = recordOf(text);
  const set = (name: string, value: string): void => {
    const { [name]: _before, ...others } = layer ?? {};
    const now = value === 'true' || value === 'false' ? value === 'true' : value;
    setText(JSON.stringify(value === '' ? others : { ...others, [name]: now }, undefined, 2));
  };
  return (
    <Form onSubmit={() => save.mutate(undefined)}>
      <div className="scopes">
        {CHOICES.map(({ name, title, choices }) => (
          <NativeSelect
            key={name}
            size="xs"
            label={title}
            disabled={layer === undefined}
            value={chosenOf(layer?.[name])}
            data={[
              { value: '', label: 'as the wider place' },
              ...choices.map((one) => ({ value: one, label: wordOf(one) })),
            ]}
            onChange={({ currentTarget }) => set(name, currentTarget.value)}
          />
        ))}
      </div>
      <JsonInput
        label="The whole of it"
        description="A field that is not named here comes from the wider place."
        autosize
        minRows={6}
        maxRows={20}
        spellCheck={false}
        value={text}
        onChange={setText}
      />
      <Said error={save.error} />
      <Button type="submit" loading={save.isPending} disabled={layer === undefined}>
        Decide
      </Button>
    </Form>
  );
}

const chosenOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'boolean' ? String(value) : '';

const wordOf = (choice: string): string => (choice === 'true' ? 'yes' : choice === 'false' ? 'no' : choice);

const Fields = z.record(z.string(), z.unknown());

/** Undefined while it is being typed. */
function recordOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return Fields.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
