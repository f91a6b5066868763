import { Button, Group } from '@mantine/core';
import { api, done } from '../api/client.ts';
import type { Install } from '../api/installs.ts';
import { isAtLeast, type Role } from '../api/roles.ts';
import { Confirm } from './confirm.tsx';
import { useAct } from './use-act.ts';

/** What can be done with an install. */
export function InstallActs(props: { readonly install: Install; readonly role: Role }) {
  const { id, name, state, can } = props.install;
  const param = { id };
  const isPaused = state === 'paused';
  const pause = useAct(
    () => done(isPaused ? api.installs[':id'].resume.$post({ param }) : api.installs[':id'].pause.$post({ param })),
    { changes: ['installs'], says: isPaused ? 'What waits there is answered' : 'What is said there waits now' },
  );
  const remove = useAct(() => done(api.installs[':id'].$delete({ param })), {
    changes: ['installs'],
    says: 'The app has left it',
  });
  return (
    <Group gap="xs">
      {isAtLeast(props.role, 'operator') && state !== 'uninstalled' && (
        <Button variant="default" size="xs" loading={pause.isPending} onClick={() => pause.mutate(undefined)}>
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
      )}
      {can.remove && isAtLeast(props.role, 'admin') && (
        <Confirm
          act="Remove"
          title={`Take the app out of ${name}?`}
          busy={remove.isPending}
          onConfirm={(close) => remove.mutate(undefined, { onSuccess: close })}
        >
          Its tokens are deleted. What was said there stays here.
        </Confirm>
      )}
    </Group>
  );
}
