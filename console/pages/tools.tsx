import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { serversQuery, toolsQuery, type Box, type Server } from '../api/mcp.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { countOf, ServerActs } from '../parts/server-acts.tsx';
import { ServerForm } from '../parts/server-form.tsx';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/time.tsx';
import { ToolList } from '../parts/tool-list.tsx';

/** What a model can have done, and from where it has that. */
export default function Tools() {
  const { data: me } = useSuspenseQuery(meQuery);
  const servers = useQuery(serversQuery);
  const tools = useQuery(toolsQuery);
  const maySteer = isAtLeast(me.role, 'admin');
  const mayStop = isAtLeast(me.role, 'operator');
  return (
    <Page
      title="Tools"
      about="What the assistant can look up and do. What others would see is done after a person’s yes; which tools are offered where, and which need none, is decided in the policies by these names."
      actions={
        maySteer && (
          <Dialog button="Add a server…" title="A server of tools (MCP)" primary>
            {(close) => <ServerForm close={close} />}
          </Dialog>
        )
      }
    >
      <Loaded query={servers}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="panel">
              <Empty title="There is no server of tools yet">
                Add one that speaks the Model Context Protocol over HTTP: a wiki, a tracker, a database. Programs
                (stdio) are added by whoever runs this hub, in its configuration.
              </Empty>
            </div>
          ) : (
            items.map((server) => <ServerPanel key={server.name} of={server} maySteer={maySteer} mayStop={mayStop} />)
          )
        }
      </Loaded>
      <Loaded query={tools}>{({ items }) => <Boxes of={items.filter(({ kind }) => kind !== 'server')} />}</Loaded>
    </Page>
  );
}

const STATES = {
  ok: ['ok', 'Connected'],
  failed: ['bad', 'Cannot be used'],
  new: ['idle', 'Not connected yet: the next question does'],
  disabled: ['idle', 'Disabled'],
} as const;

function ServerPanel(props: { readonly of: Server; readonly maySteer: boolean; readonly mayStop: boolean }) {
  const { name, origin, kind, url, command, headers, state, problem, seenAt, tools } = props.of;
  const [tone, word] = STATES[state];
  return (
    <Panel
      flush
      title={name}
      actions={origin === 'console' && props.mayStop && <ServerActs of={props.of} maySteer={props.maySteer} />}
    >
      <div className="panel-body">
        <Status tone={tone}>{word}</Status>
        {problem !== null && <p className="quiet">{problem}</p>}
        <p className="quiet">
          <span className="mono">{url ?? command ?? (kind === 'stdio' ? 'a program' : 'an address')}</span>
          {origin === 'file' && ' · of the configuration: whoever runs this hub changes it'}
          {headers.length > 0 && ` · sends ${headers.join(', ')}`}
          {seenAt !== null && (
            <>
              {' · seen '}
              <When at={seenAt} />
            </>
          )}
        </p>
      </div>
      {tools.length > 0 && (
        <details>
          <summary className="summary">{countOf(tools.length)}</summary>
          <ToolList label={`Tools of ${name}`} tools={tools} />
        </details>
      )}
    </Panel>
  );
}

const KINDS = { 'built-in': 'Built in', platform: 'Of connected apps', plugin: 'Plugin', server: 'Server' } as const;

function Boxes(props: { readonly of: readonly Box[] }) {
  if (props.of.length === 0)
    return (
      <div className="panel">
        <Empty title="No worker has said yet what is built in">
          It does when it starts. If none runs, start one: `switchboard worker`, or the whole hub.
        </Empty>
      </div>
    );
  return props.of.map(({ kind, name, tools }) => (
    <Panel key={`${kind}/${name}`} flush title={kind === 'plugin' ? `${KINDS[kind]}: ${name}` : titleOf(kind, name)}>
      <ToolList label={`Tools of ${name}`} tools={tools} />
    </Panel>
  ));
}

const titleOf = (kind: Box['kind'], name: string): string => (name === 'memory' ? 'Memory' : KINDS[kind]);
