import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, done, read } from '../api/client.ts';
import type { Server } from '../api/mcp.ts';
import { explain } from '../api/problem.ts';
import { Confirm } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { ServerForm } from './server-form.tsx';
import { Status } from './status.tsx';
import { useAct } from './use-act.ts';

const CHANGES = ['mcp-servers', 'tools'];

/** What can be done with a server that the organization has added. */
export function ServerActs(props: { readonly of: Server; readonly maySteer: boolean }) {
  const { name, enabled } = props.of;
  const param = { name };
  const set = useAct(
    (next: boolean) => done(api['mcp-servers'][':name'].state.$post({ param, json: { enabled: next } })),
    { changes: CHANGES },
  );
  const remove = useAct(() => done(api['mcp-servers'][':name'].$delete({ param })), {
    changes: CHANGES,
    says: 'It is gone, with its headers',
  });
  return (
    <Group gap="xs">
      {props.maySteer && <Test of={name} />}
      <Button variant="default" size="xs" loading={set.isPending} onClick={() => set.mutate(!enabled)}>
        {enabled ? 'Disable' : 'Enable'}
      </Button>
      {props.maySteer && (
        <Dialog button="Edit…" title={name}>
          {(close) => <ServerForm close={close} of={props.of} />}
        </Dialog>
      )}
      {props.maySteer && (
        <Confirm
          act="Remove"
          title={`Remove ${name}?`}
          busy={remove.isPending}
          onConfirm={(close) => remove.mutate(undefined, { onSuccess: close })}
        >
          Its headers are deleted, and answers use its tools no more.
        </Confirm>
      )}
    </Group>
  );
}

/** Connects to it, as answers do. */
function Test(props: { readonly of: string }) {
  const queries = useQueryClient();
  const attempt = useMutation({
    mutationFn: () => read(api['mcp-servers'][':name'].test.$post({ param: { name: props.of } })),
    onSettled: () => Promise.all(CHANGES.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <>
      <Button variant="default" size="xs" loading={attempt.isPending} onClick={() => attempt.mutate()}>
        Test
      </Button>
      <div role="status" className="tested">
        {attempt.data !== undefined && (
          <Status tone="ok">{`${countOf(attempt.data.tools.length)}, in ${attempt.data.ms} ms`}</Status>
        )}
        {attempt.error !== null && <Status tone="bad">{explain(attempt.error).detail}</Status>}
      </div>
    </>
  );
}

/** As `2 tools`. Pure. */
export const countOf = (tools: number): string => (tools === 1 ? '1 tool' : `${tools} tools`);
