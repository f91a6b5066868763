import { Button, Group, Modal } from '@mantine/core';
import { useState } from 'react';
import { api, done, read } from '../api/client.ts';
import { goOn, type App, type Step } from '../api/installs.ts';
import { isAtLeast, type Role } from '../api/roles.ts';
import { Confirm } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { Doctor } from './doctor.tsx';
import { Onward } from './onward.tsx';
import { Rotate } from './rotate.tsx';
import { useAct } from './use-act.ts';

/** What can be done with an app, by whoever looks. */
export function AppActs(props: { readonly app: App; readonly role: Role }) {
  const { app, role } = props;
  return (
    <Group gap="xs">
      {app.can.pack && (
        <Button component="a" href={`/api/v1/apps/${app.id}/package`} variant="default" size="xs" download>
          Download its package
        </Button>
      )}
      {isAtLeast(role, 'operator') && <Operating app={app} />}
      {isAtLeast(role, 'admin') && <Steering app={app} />}
    </Group>
  );
}

function Operating({ app }: { readonly app: App }) {
  const param = { id: app.id };
  const isPaused = app.state === 'paused';
  const pause = useAct(
    () => done(isPaused ? api.apps[':id'].resume.$post({ param }) : api.apps[':id'].pause.$post({ param })),
    { changes: ['installs'], says: isPaused ? 'It goes on' : 'It is paused: what it is sent waits' },
  );
  const list = useAct(() => read(api.apps[':id'].installs.$post({ param })), {
    changes: ['installs'],
    says: 'The platform was asked where it is',
  });
  return (
    <>
      {app.can.list && (
        <Button variant="default" size="xs" loading={list.isPending} onClick={() => list.mutate(undefined)}>
          Look for installs
        </Button>
      )}
      <Dialog button="Doctor" title={`What ${app.name} needs`} size="lg">
        {() => <Doctor app={app.id} />}
      </Dialog>
      <Button variant="default" size="xs" loading={pause.isPending} onClick={() => pause.mutate(undefined)}>
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
    </>
  );
}

function Steering({ app }: { readonly app: App }) {
  const param = { id: app.id };
  const [aside, setAside] = useState<Step>();
  const install = useAct(() => read(api.apps[':id'].install.$post({ param, query: {} })), {
    changes: ['installs'],
    after: ({ go }) => {
      if (go?.aside === true) setAside(go);
      else if (go !== null) goOn(go);
    },
  });
  const remove = useAct(() => done(api.apps[':id'].$delete({ param })), {
    changes: ['installs'],
    says: 'It is gone, with its secrets',
  });
  return (
    <>
      {app.can.install && (
        <Button variant="default" size="xs" loading={install.isPending} onClick={() => install.mutate(undefined)}>
          Install…
        </Button>
      )}
      <Modal
        opened={aside !== undefined}
        onClose={() => setAside(undefined)}
        title={`One more workspace for ${app.name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {aside !== undefined && <Onward go={aside} />}
      </Modal>
      {app.can.rotate && <Rotate app={app} />}
      {app.can.remove && (
        <Confirm
          act="Remove"
          title={`Remove ${app.name}?`}
          busy={remove.isPending}
          onConfirm={(close) => remove.mutate(undefined, { onSuccess: close })}
        >
          Its secrets are deleted, and it leaves every workspace. What was said stays here.
        </Confirm>
      )}
    </>
  );
}
