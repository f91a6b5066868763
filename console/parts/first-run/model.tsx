import { Button, Checkbox, NumberInput, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { tryOut, type Maker, type Tried } from '../../api/first-run.ts';
import { MAKERS } from '../../api/models.ts';
import { Form } from '../door.tsx';
import { Said } from '../said.tsx';

/** Chooses what answers: the maker, a key, and it is tried at once. */
export function ChooseModel(props: {
  /** It is being tried, or no longer: what is stored meanwhile does not count yet. */
  readonly busy: (isBusy: boolean) => void;
  readonly done: (tried: Tried | undefined) => void;
}) {
  const [maker, setMaker] = useState<Maker>();
  if (maker !== undefined)
    return (
      <div className="stack">
        <h3>{maker.title}</h3>
        <TryForm maker={maker} busy={props.busy} done={props.done} />
        <Button variant="subtle" size="xs" onClick={() => setMaker(undefined)}>
          Another maker
        </Button>
      </div>
    );
  return (
    <div className="choices">
      {MAKERS.map((one) => (
        <button
          key={one.title}
          type="button"
          className="choice"
          onClick={() => (one.protocol === 'demo' ? props.done(undefined) : setMaker(one))}
        >
          <strong>{one.title}</strong>
          <span className="quiet">{ABOUT[one.protocol]}</span>
        </button>
      ))}
    </div>
  );
}

const ABOUT: Readonly<Record<Maker['protocol'], string>> = {
  anthropic: 'One key of its console.',
  'openai-responses': 'One key of its platform.',
  'openai-chat': 'Ollama, vLLM, Groq, OpenRouter: an address, and a key where it asks for one.',
  demo: 'It says what it was asked. To see how everything goes.',
};

const OWN = /^https?:\/\/(localhost|127\.|\[::1\])/;

function TryForm(props: {
  readonly maker: Maker;
  readonly busy: (isBusy: boolean) => void;
  readonly done: (tried: Tried) => void;
}) {
  const { maker } = props;
  const [key, setKey] = useState('');
  const [baseUrl, setBaseUrl] = useState<string>(maker.baseUrl);
  const [model, setModel] = useState('');
  const [price, setPrice] = useState({ input: 0, output: 0 });
  const [isFree, setFree] = useState<boolean>();
  const queries = useQueryClient();
  const isOwn = !maker.hasKey;
  const free = isFree ?? OWN.test(baseUrl);
  const asked = isOwn ? (free ? { input: 0, output: 0 } : price) : undefined;
  const trial = useMutation({
    mutationFn: () => tryOut({ maker, key: key.trim(), baseUrl: baseUrl.trim(), model: model.trim(), price: asked }),
    onMutate: () => props.busy(true),
    onSuccess: async (tried) => {
      await queries.invalidateQueries({ queryKey: ['models'] });
      props.done(tried);
    },
    onSettled: () => props.busy(false),
  });
  return (
    <Form onSubmit={() => trial.mutate()}>
      {isOwn && <Where value={baseUrl} onChange={setBaseUrl} />}
      <PasswordInput
        label="Key"
        description={isOwn ? 'Empty: none is sent.' : 'Kept sealed, and never shown again.'}
        autoComplete="off"
        required={maker.hasKey}
        value={key}
        onChange={({ currentTarget }) => setKey(currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
      />
      {isOwn && <Price free={free} setFree={setFree} price={price} setPrice={setPrice} />}
      {(trial.error !== null || model !== '') && (
        <TextInput
          label="Model"
          description="Empty: what the server suggests."
          value={model}
          onChange={({ currentTarget }) => setModel(currentTarget.value)}
        />
      )}
      <Said error={trial.error} />
      <Button type="submit" loading={trial.isPending}>
        Connect and try it
      </Button>
    </Form>
  );
}

function Where(props: { readonly value: string; readonly onChange: (value: string) => void }) {
  return (
    <TextInput
      label="Address"
      description="With the version, as it stands before /chat/completions."
      type="url"
      required
      value={props.value}
      onChange={({ currentTarget }) => props.onChange(currentTarget.value)}
    />
  );
}

type Rates = { readonly input: number; readonly output: number };

/** What nobody knows the price of would not be asked. */
function Price(props: {
  readonly free: boolean;
  readonly setFree: (free: boolean) => void;
  readonly price: Rates;
  readonly setPrice: (price: Rates) => void;
}) {
  const { free, price } = props;
  return (
    <>
      <Checkbox
        label="It is ours: a call costs nothing"
        checked={free}
        onChange={({ currentTarget }) => props.setFree(currentTarget.checked)}
      />
      {!free &&
        (['input', 'output'] as const).map((which) => (
          <NumberInput
            key={which}
            label={which === 'input' ? 'Dollars per million tokens read' : 'Dollars per million tokens written'}
            min={0}
            value={price[which]}
            onChange={(value) => props.setPrice({ ...price, [which]: Number(value) })}
            hideControls
          />
        ))}
    </>
  );
}
