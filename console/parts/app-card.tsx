import type { App, Install } from '../api/installs.ts';
import type { Role } from '../api/roles.ts';
import { AppActs } from './app-acts.tsx';
import { Copy } from './copy.tsx';
import { Empty } from './empty.tsx';
import { InstallActs } from './install-acts.tsx';
import { Rows, type Column } from './list.tsx';
import { Panel } from './page.tsx';
import { State } from './state.tsx';
import { Status } from './status.tsx';
import { When } from './time.tsx';

/** An app, and where it is installed. */
export function AppCard(props: { readonly app: App; readonly installs: readonly Install[]; readonly role: Role }) {
  const { app, installs, role } = props;
  const columns: readonly Column<Install>[] = [
    {
      title: 'Workspace',
      cell: ({ name, external }) => (
        <>
          {name}
          {name !== external && <div className="quiet mono">{external}</div>}
        </>
      ),
    },
    { title: 'State', cell: (install) => <Health of={install} /> },
    {
      title: 'Last active',
      cell: ({ lastActiveAt }) => (lastActiveAt === null ? 'never' : <When at={lastActiveAt} />),
    },
    { title: 'Do', cell: (install) => <InstallActs install={install} role={role} /> },
  ];
  return (
    <Panel
      flush
      title={app.name === app.title ? app.title : `${app.title}: ${app.name}`}
      actions={<State of={app.state} />}
    >
      <div className="app-facts">
        {app.problem !== null && (
          <p className="flat">
            <Status tone="bad">Cannot be opened</Status> {app.problem}
          </p>
        )}
        <span className="quiet">
          Last event {app.lastEventAt === null ? 'never' : <When at={app.lastEventAt} />} · last answer{' '}
          {app.lastReplyAt === null ? 'never' : <When at={app.lastReplyAt} />} ·{' '}
          {app.origin === 'environment' ? 'connected by the environment' : 'connected here'}
        </span>
        <span className="quiet">
          Events go to <span className="mono">{app.hookUrl}</span> <Copy text={app.hookUrl} what="the address" />
        </span>
        <AppActs app={app} role={role} />
      </div>
      {installs.length === 0 ? (
        <Empty title="It is in no workspace yet">Install it, or say something to the bot where it is.</Empty>
      ) : (
        <Rows label={`Where ${app.name} is`} rows={installs} columns={columns} keyOf={({ id }) => id} />
      )}
    </Panel>
  );
}

function Health(props: { readonly of: Install }) {
  const { problem, missing, state } = props.of;
  if (problem !== null)
    return (
      <>
        <Status tone="bad">Something is wrong</Status>
        <div className="quiet">{problem}</div>
      </>
    );
  if (missing.length > 0)
    return (
      <>
        <Status tone="warn">Lacks permissions</Status>
        <div className="quiet">Install it again, so that it gets: {missing.join(', ')}</div>
      </>
    );
  return <State of={state} />;
}
