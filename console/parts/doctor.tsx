import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, read } from '../api/client.ts';
import { Said } from './said.tsx';
import { Status } from './status.tsx';

const TONES = { ok: 'ok', failed: 'bad', unknown: 'idle' } as const;
const WORDS = { ok: 'Fine', failed: 'Wrong', unknown: 'Not known' } as const;

/** Looks at all that an app needs to answer; what is wrong says how it is mended. */
export function Doctor(props: { readonly app: string }) {
  const look = useMutation({ mutationFn: () => read(api.apps[':id'].doctor.$post({ param: { id: props.app } })) });
  return (
    <div className="stack">
      {look.data?.findings.map(({ check, state, says, fix }) => (
        <div key={check}>
          <Status tone={TONES[state]}>{WORDS[state]}</Status> <strong>{check}</strong>
          <div>{says}</div>
          {fix !== null && <div className="note">{fix}</div>}
        </div>
      ))}
      <Said error={look.error} />
      <Button loading={look.isPending} onClick={() => look.mutate()}>
        {look.data === undefined ? 'Look' : 'Look again'}
      </Button>
    </div>
  );
}
