import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, done, read } from '../api/client.ts';
import type { Model } from '../api/models.ts';
import { explain } from '../api/problem.ts';
import { Confirm } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { ModelForm } from './model-form.tsx';
import { Status } from './status.tsx';
import { useAct } from './use-act.ts';

type Props = { readonly of: Model; readonly all: readonly Model[] };

/** What can be done with a model; what came of a test stays in sight. */
export function ModelActs(props: Props) {
  const { name, origin, health } = props.of;
  const param = { name };
  const set = useAct(
    (state: 'paused' | 'active' | 'awake') => done(api.models[':name'].state.$post({ param, json: { state } })),
    { changes: ['models'] },
  );
  const remove = useAct(() => done(api.models[':name'].$delete({ param })), {
    changes: ['models'],
    says: 'It is gone, with its key',
  });
  const { paused } = props.of;
  return (
    <Group gap="xs">
      <Move {...props} by={-1} />
      <Move {...props} by={1} />
      <Test of={name} />
      <Small
        name={paused ? 'Resume' : 'Pause'}
        busy={set.isPending}
        act={() => set.mutate(paused ? 'active' : 'paused')}
      />
      {health !== 'closed' && <Small name="Ask it again" busy={set.isPending} act={() => set.mutate('awake')} />}
      {origin === 'console' && (
        <Dialog button="Edit…" title={name} size="lg">
          {(close) => <ModelForm close={close} of={props.of} />}
        </Dialog>
      )}
      {origin === 'console' && (
        <Confirm
          act="Remove"
          title={`Remove ${name}?`}
          busy={remove.isPending}
          onConfirm={(close) => remove.mutate(undefined, { onSuccess: close })}
        >
          Its key is deleted.
        </Confirm>
      )}
    </Group>
  );
}

const MOST_SHOWN = 80;

/** Asks it for a word. */
function Test(props: { readonly of: string }) {
  const attempt = useMutation({
    mutationFn: () => read(api.models[':name'].test.$post({ param: { name: props.of } })),
  });
  return (
    <>
      <Small name="Test" busy={attempt.isPending} act={() => attempt.mutate()} />
      <div role="status" className="tested">
        {attempt.data !== undefined && (
          <Status tone="ok">{`It says “${attempt.data.text.slice(0, MOST_SHOWN)}”, in ${attempt.data.ms} ms`}</Status>
        )}
        {attempt.error !== null && <Status tone="bad">{explain(attempt.error).detail}</Status>}
      </div>
    </>
  );
}

/** Changes places with the one above or below it, where both are of the console. */
function Move(props: Props & { readonly by: -1 | 1 }) {
  const names = props.all.map(({ name }) => name);
  const at = names.indexOf(props.of.name);
  const other = props.all[at + props.by];
  const order = useAct(
    (than: string) =>
      done(api.models.$put({ json: { order: names.with(at, than).with(at + props.by, props.of.name) } })),
    { changes: ['models'] },
  );
  if (other === undefined || at + props.by < 0 || other.origin !== 'console' || props.of.origin !== 'console')
    return null;
  const where = props.by < 0 ? 'Up' : 'Down';
  return <Small name={where} busy={order.isPending} act={() => order.mutate(other.name)} />;
}

function Small(props: { readonly name: string; readonly busy: boolean; readonly act: () => void }) {
  return (
    <Button variant="default" size="xs" loading={props.busy} onClick={props.act}>
      {props.name}
    </Button>
  );
}
