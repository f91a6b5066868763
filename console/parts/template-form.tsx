import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { TASKS, type Version } from '../api/templates.ts';
import { Form } from './door.tsx';
import { Said } from './said.tsx';
import { PLATFORMS, platformName, platformOf } from './states.ts';
import { useAct } from './use-act.ts';

/** A source, and beside it what it comes to, before it is kept as a version. */
export function TemplateForm(props: {
  readonly start: Version | undefined;
  readonly readOnly?: boolean;
  readonly close: () => void;
}) {
  const readOnly = props.readOnly === true;
  const [name, setName] = useState(props.start?.name ?? 'house');
  const [source, setSource] = useState(props.start?.source ?? '');
  const save = useAct(() => read(api.templates.versions.$post({ json: { name, source } })), {
    changes: ['templates'],
    says: 'The version is there: use it somewhere',
    quiet: true,
    after: props.close,
  });
  return (
    <Form onSubmit={() => save.mutate(undefined)}>
      <div className="beside">
        <div className="stack">
          <TextInput
            label="Name"
            required
            readOnly={readOnly}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Textarea
            label="Source"
            description="Liquid: {{ name }}, {{ instructions }}, {{ platform }}, {{ task }}"
            required
            autosize
            minRows={12}
            maxRows={24}
            spellCheck={false}
            readOnly={readOnly}
            value={source}
            onChange={({ currentTarget }) => setSource(currentTarget.value)}
            classNames={{ input: 'mono' }}
          />
        </div>
        <DryRun source={source} />
      </div>
      <Said error={save.error} />
      {!readOnly && (
        <Button type="submit" loading={save.isPending}>
          Keep as a new version
        </Button>
      )}
    </Form>
  );
}

/** What the agent would be told. Nothing is kept, and no model is asked. */
function DryRun(props: { readonly source: string }) {
  const [platform, setPlatform] = useState('');
  const [task, setTask] = useState<(typeof TASKS)[number]>('chat');
  const [instructions, setInstructions] = useState('');
  const [settled] = useDebouncedValue({ source: props.source, instructions }, 300);
  const tried = useQuery({
    queryKey: ['dry-run', settled, platform, task],
    queryFn: () => read(api.templates.try.$post({ json: { ...settled, platform: platformOf(platform), task } })),
    enabled: settled.source !== '',
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <div className="stack">
      <div className="fields">
        <NativeSelect
          label="As if on"
          data={[
            { value: '', label: 'the web' },
            ...PLATFORMS.map((one) => ({ value: one, label: platformName(one) })),
          ]}
          value={platform}
          onChange={({ currentTarget }) => setPlatform(currentTarget.value)}
        />
        <NativeSelect
          label="As if for"
          data={TASKS.filter((one) => one !== '')}
          value={task}
          onChange={({ currentTarget }) => setTask(TASKS.find((one) => one === currentTarget.value) ?? 'chat')}
        />
      </div>
      <TextInput
        label="With these instructions"
        value={instructions}
        onChange={({ currentTarget }) => setInstructions(currentTarget.value)}
      />
      {tried.error === null ? (
        <pre className="json" tabIndex={0} role="region" aria-label="What the agent is told">
          {tried.data?.text}
        </pre>
      ) : (
        <Said error={tried.error} />
      )}
      {tried.data !== undefined && (
        <p className="quiet flat">
          {tried.data.plan ? 'It plans before it answers' : 'It does not plan'}
          {tried.data.check ? ', and checks what it has written.' : '.'}
        </p>
      )}
    </div>
  );
}
