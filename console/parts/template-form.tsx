import { Button, Group, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import type { Version } from '../api/templates.ts';
import { Form } from './door.tsx';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

/** A source, tried out before it is kept as a version. */
export function TemplateForm(props: {
  readonly start: Version | undefined;
  readonly readOnly?: boolean;
  readonly close: () => void;
}) {
  const [name, setName] = useState(props.start?.name ?? 'house');
  const [source, setSource] = useState(props.start?.source ?? '');
  const attempt = useMutation({ mutationFn: () => read(api.templates.try.$post({ json: { source } })) });
  const save = useAct(() => read(api.templates.versions.$post({ json: { name, source } })), {
    changes: ['templates'],
    says: 'The version is there: use it somewhere',
    quiet: true,
    after: props.close,
  });
  return (
    <Form onSubmit={() => save.mutate(undefined)}>
      <TextInput
        label="Name"
        required
        readOnly={props.readOnly ?? false}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <Textarea
        label="Source"
        description="Liquid: {{ name }}, {{ instructions }}, {{ platform }}, {{ task }}"
        required
        autosize
        minRows={10}
        maxRows={24}
        spellCheck={false}
        readOnly={props.readOnly ?? false}
        value={source}
        onChange={({ currentTarget }) => setSource(currentTarget.value)}
        classNames={{ input: 'mono' }}
      />
      {attempt.data !== undefined && (
        <pre className="json" tabIndex={0} role="region" aria-label="What the agent is told">
          {attempt.data.text}
        </pre>
      )}
      <Said error={save.error ?? attempt.error} />
      <Group>
        <Button variant="default" loading={attempt.isPending} onClick={() => attempt.mutate()}>
          Try it out
        </Button>
        {props.readOnly !== true && (
          <Button type="submit" loading={save.isPending}>
            Keep as a new version
          </Button>
        )}
      </Group>
    </Form>
  );
}
