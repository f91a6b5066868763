import { Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import type { Given } from '../api/model-given.ts';

const RETENTIONS = [
  { value: 'none', label: 'Nothing is kept' },
  { value: 'kept', label: 'It is kept for a while' },
  { value: 'trains', label: 'It may be trained on' },
] as const;

type Props = { readonly of: Given; readonly set: (some: Partial<Given>) => void };

/** What a model can, where it stands, and what becomes of what it is sent: policies choose by it. */
export function ModelFacts({ of, set }: Props) {
  return (
    <>
      <div className="fields">
        <Checkbox
          label="It can use tools"
          checked={of.tools}
          onChange={({ currentTarget }) => set({ tools: currentTarget.checked })}
        />
        <Checkbox
          label="It sees images"
          checked={of.sees}
          onChange={({ currentTarget }) => set({ sees: currentTarget.checked })}
        />
        <Tokens label="Window, in tokens" value={of.windowTokens} set={(windowTokens) => set({ windowTokens })} />
        <Tokens
          label="Longest answer, in tokens"
          value={of.maxOutputTokens}
          set={(maxOutputTokens) => set({ maxOutputTokens })}
        />
        <TextInput
          label="Region"
          description="Where its server stands, as eu"
          value={of.region}
          onChange={({ currentTarget }) => set({ region: currentTarget.value.trim() })}
        />
        <NumberInput
          label="Quality"
          description="From 0 to 1, compared with the others"
          min={0}
          max={1}
          step={0.1}
          decimalScale={2}
          value={of.quality}
          onChange={(value) => set({ quality: Number(value) })}
          hideControls
        />
      </div>
      <NativeSelect
        label="What becomes of what it is sent"
        data={RETENTIONS.map((one) => ({ ...one }))}
        value={of.retention}
        onChange={({ currentTarget }) =>
          set({ retention: RETENTIONS.find(({ value }) => value === currentTarget.value)?.value ?? 'kept' })
        }
      />
      <TextInput
        label="Model that tells what texts mean"
        description="Of the same server, for memory by meaning; empty: the maker’s own, or none"
        value={of.embeddingModel}
        onChange={({ currentTarget }) => set({ embeddingModel: currentTarget.value.trim() })}
      />
    </>
  );
}

function Tokens(props: { readonly label: string; readonly value: number; readonly set: (value: number) => void }) {
  return (
    <NumberInput
      label={props.label}
      min={1}
      thousandSeparator=","
      hideControls
      value={props.value}
      onChange={(value) => props.set(Number(value))}
    />
  );
}
