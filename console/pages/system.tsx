import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { api, read } from '../api/client.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { Empty } from '../parts/empty.tsx';
import { Rows } from '../parts/list.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { Pair, Pairs } from '../parts/pairs.tsx';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/time.tsx';

const load = () => read(api.system.$get());
type System = Awaited<ReturnType<typeof load>>;
const LATE_S = 60;

/** How the program itself is. */
export default function SystemPage() {
  const { data: me } = useSuspenseQuery(meQuery);
  const system = useQuery({ queryKey: ['system'], queryFn: load, refetchInterval: 10_000 });
  return (
    <Page title="System" about="The program itself, as this process sees it.">
      <Loaded query={system}>
        {(found) => (
          <>
            <Facts of={found} />
            <Switches of={found} />
            <Panel flush title="Migrations">
              <details>
                <summary className="summary">{found.migrations.length} were made</summary>
                <Rows
                  label="Migrations"
                  rows={found.migrations}
                  keyOf={({ name }) => name}
                  columns={[
                    { title: 'Name', cell: ({ name }) => <span className="mono">{name}</span> },
                    { title: 'When', cell: ({ at }) => <When at={at} /> },
                  ]}
                />
              </details>
            </Panel>
          </>
        )}
      </Loaded>
      {isAtLeast(me.role, 'admin') && <Configuration />}
    </Page>
  );
}

function Facts({ of }: { readonly of: System }) {
  const late = of.oldestWaitingSeconds ?? 0;
  return (
    <Panel flush>
      <Pairs>
        <Pair name="Health">
          <Status tone={of.ready ? 'ok' : 'bad'}>{of.ready ? 'Ready' : 'Cannot write to the database'}</Status>
        </Pair>
        <Pair name="The last write took">{of.writeMs === null ? 'it failed' : `${of.writeMs.toFixed(1)} ms`}</Pair>
        <Pair name="The oldest question waits">
          <Status tone={late > LATE_S ? 'warn' : 'ok'}>{`${Math.round(late)} s`}</Status>
        </Pair>
        <Pair name="Version">{of.version}</Pair>
        <Pair name="Node">{of.node}</Pair>
        <Pair name="Started">
          <When at={of.startedAt} />
        </Pair>
        <Pair name="Role of this process">{of.role}</Pair>
        <Pair name="Public address">{of.publicUrl ?? 'not set: platforms cannot reach it'}</Pair>
        <Pair name="Database">{of.database}</Pair>
        <Pair name="Memory">{of.memoryMb} MB</Pair>
        <Pair name="Metrics">
          <a href={of.metrics}>{of.metrics}</a>
        </Pair>
      </Pairs>
    </Panel>
  );
}

/** What was decided when this hub was started. */
function Switches({ of }: { readonly of: System }) {
  return (
    <Panel flush title="Switches of this deployment">
      <Rows
        label="Switches"
        rows={of.switches}
        keyOf={({ name }) => name}
        columns={[
          {
            title: 'What',
            cell: ({ name, says }) => (
              <>
                {name}
                {says !== '' && <div className="quiet">{says}</div>}
              </>
            ),
          },
          { title: 'Is', cell: ({ on }) => <Status tone={on ? 'ok' : 'idle'}>{on ? 'On' : 'Off'}</Status> },
          { title: 'Set by', cell: ({ by }) => <span className="mono">{by}</span> },
        ]}
      />
    </Panel>
  );
}

function Configuration() {
  const found = useQuery({
    queryKey: ['configuration'],
    queryFn: () => read(api.system.configuration.$get()),
    retry: false,
  });
  return (
    <Panel flush title="Configuration">
      <Loaded query={found}>
        {({ values }) => {
          const entries = Object.entries(values);
          if (entries.length === 0) return <Empty title="Nothing was set from outside">All defaults hold.</Empty>;
          return (
            <Pairs>
              {entries.map(([name, value]) => (
                <Pair key={name} name={name}>
                  <span className="mono">{typeof value === 'string' ? value : JSON.stringify(value)}</span>
                </Pair>
              ))}
            </Pairs>
          );
        }}
      </Loaded>
    </Panel>
  );
}
