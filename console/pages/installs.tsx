import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { appsQuery, installsQuery } from '../api/installs.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { AppCard } from '../parts/app-card.tsx';
import { Connect } from '../parts/connect.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';

/** What is connected, and how it is. */
export default function Installs() {
  const { data: me } = useSuspenseQuery(meQuery);
  const apps = useQuery(appsQuery);
  const installs = useQuery(installsQuery);
  const connect = isAtLeast(me.role, 'admin') && (
    <Dialog button="Connect…" title="Connect a platform" size="lg" primary>
      {(close) => <Connect close={close} />}
    </Dialog>
  );
  return (
    <Page title="Installs" about="The apps of this bot, and the workspaces that they are in." actions={connect}>
      <CameBack />
      <Loaded query={apps}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="panel">
              <Empty title="No platform is connected yet">
                Connect one: most take a minute, and the bot can be mentioned at once.
              </Empty>
            </div>
          ) : (
            items.map((app) => (
              <AppCard
                key={app.id}
                app={app}
                role={me.role}
                installs={(installs.data?.items ?? []).filter((install) => install.app === app.id)}
              />
            ))
          )
        }
      </Loaded>
    </Page>
  );
}

/** What a platform sent somebody back with. */
function CameBack() {
  const came = new URLSearchParams(location.search);
  const problem = came.get('problem');
  if (problem !== null)
    return (
      <p className="note spaced" role="alert">
        It is not connected: {problem}
      </p>
    );
  if (!came.has('connected')) return null;
  return (
    <p className="note spaced" role="status">
      It is connected. Mention the bot there to say hello.
    </p>
  );
}
