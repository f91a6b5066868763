import { Button, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, done } from '../api/client.ts';
import { bodyOf, givenOf, NEW, readPasted, type Given } from '../api/mcp-given.ts';
import type { Server } from '../api/mcp.ts';
import { Form } from './door.tsx';
import { Said } from './said.tsx';
import { ServerHeaders } from './server-headers.tsx';
import { useAct } from './use-act.ts';

const WAYS = [
  { value: 'fields', label: 'By its address' },
  { value: 'pasted', label: 'As another program has it (JSON)' },
] as const;

/** Adds a server of tools, or changes one; what is not touched stays. */
export function ServerForm({ of, close }: { readonly of?: Server; readonly close: () => void }) {
  const [way, setWay] = useState<(typeof WAYS)[number]['value']>('fields');
  const [given, setGiven] = useState<Given>(() => (of === undefined ? NEW : givenOf(of)));
  const [text, setText] = useState('');
  const pasted = way === 'pasted' ? readPasted(text) : { servers: [given] };
  const servers = 'servers' in pasted ? pasted.servers : [];
  const look = useLook();
  const save = useAct(
    async () => {
      for (const one of servers)
        await done(api['mcp-servers'][':name'].$put({ param: { name: one.name }, json: bodyOf(one) }));
    },
    {
      changes: ['mcp-servers', 'tools'],
      says: 'Kept: it is looked which tools there are',
      quiet: true,
      after() {
        close();
        look.mutate(servers.map(({ name }) => name));
      },
    },
  );
  return (
    <Form onSubmit={() => save.mutate(undefined)}>
      {of === undefined && (
        <NativeSelect
          label="How"
          data={WAYS.map((one) => ({ ...one }))}
          value={way}
          onChange={({ currentTarget }) =>
            setWay(WAYS.find(({ value }) => value === currentTarget.value)?.value ?? 'fields')
          }
        />
      )}
      {way === 'fields' ? (
        <Where of={given} set={(some) => setGiven((before) => ({ ...before, ...some }))} kept={of?.headers} />
      ) : (
        <Paste text={text} set={setText} problem={'problem' in pasted ? pasted.problem : undefined} found={servers} />
      )}
      <Said error={save.error} />
      <Button type="submit" loading={save.isPending} disabled={servers.length === 0}>
        {servers.length > 1 ? `Add ${servers.length} servers` : of === undefined ? 'Add' : 'Save'}
      </Button>
    </Form>
  );
}

/** Has servers tested one after the other; what came of it stands in the list. */
function useLook() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (names: readonly string[]) => {
      for (const name of names) await api['mcp-servers'][':name'].test.$post({ param: { name } });
    },
    onSettled: () => Promise.all(['mcp-servers', 'tools'].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
}

function Where(props: {
  readonly of: Given;
  readonly set: (some: Partial<Given>) => void;
  /** Names of the headers of a server that is there; absent: it is a new one. */
  readonly kept: readonly string[] | undefined;
}) {
  const { of, set, kept } = props;
  return (
    <>
      <TextInput
        label="Name"
        description="Its tools are named after it, as wiki_search"
        required
        disabled={kept !== undefined}
        value={of.name}
        onChange={({ currentTarget }) => set({ name: currentTarget.value.trim() })}
      />
      <TextInput
        label="Address"
        description="Of the Model Context Protocol over HTTP; often ends with /mcp"
        type="url"
        required
        value={of.url}
        onChange={({ currentTarget }) => set({ url: currentTarget.value.trim() })}
      />
      <ServerHeaders of={of.headers} kept={kept ?? []} set={(headers) => set({ headers })} />
      <NumberInput
        label="Seconds for one call"
        min={1}
        max={600}
        hideControls
        value={of.seconds}
        onChange={(value) => set({ seconds: Number(value) })}
      />
    </>
  );
}

function Paste(props: {
  readonly text: string;
  readonly set: (text: string) => void;
  readonly problem: string | undefined;
  readonly found: readonly Given[];
}) {
  const { text, set, problem, found } = props;
  return (
    <>
      <Textarea
        label="mcpServers"
        description='As {"mcpServers": {"wiki": {"url": "https://…/mcp", "headers": {"Authorization": "Bearer …"}}}}'
        required
        autosize
        minRows={6}
        maxRows={16}
        spellCheck={false}
        autoComplete="off"
        value={text}
        error={text === '' ? undefined : problem}
        onChange={({ currentTarget }) => set(currentTarget.value)}
      />
      {found.length > 0 && (
        <p role="status" className="quiet">
          {found.map(({ name, url, headers: { rows } }) => `${name} at ${url}${withHeaders(rows.length)}`).join('; ')}
        </p>
      )}
    </>
  );
}

const withHeaders = (count: number): string =>
  count === 0 ? '' : count === 1 ? ', with a header' : `, with ${count} headers`;
