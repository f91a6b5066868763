import { Button, Group } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { api, done, read } from '../api/client.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { modelsQuery, type Model } from '../api/models.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Rows, type Column } from '../parts/list.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { ModelForm } from '../parts/model-form.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { toast } from '../parts/toast.ts';
import { useAct } from '../parts/use-act.ts';

const COLUMNS: readonly Column<Model>[] = [
  {
    title: 'Model',
    cell: ({ name, model, protocol, baseUrl }) => (
      <>
        {name}
        <div className="quiet mono">
          {protocol} · {model}
        </div>
        {baseUrl !== null && <div className="quiet mono">{baseUrl}</div>}
      </>
    ),
  },
  { title: 'Health', cell: (model) => <Health of={model} /> },
  { title: 'Key', cell: ({ hasKey, origin }) => (origin === 'file' ? 'in the file' : hasKey ? 'kept' : 'none') },
  {
    title: 'Can',
    cell: ({ tools, sees }) => [tools && 'tools', sees && 'images'].filter(Boolean).join(', ') || 'text',
  },
];

/** What answers, in the order in which it is asked. */
export default function Models() {
  const { data: me } = useSuspenseQuery(meQuery);
  const query = useQuery(modelsQuery);
  const maySteer = isAtLeast(me.role, 'admin');
  return (
    <Page
      title="Models"
      about="Asked from the top: where one fails or rests, the next one answers. Those of the configuration stay before all others."
      actions={
        maySteer && (
          <Dialog button="Add a model…" title="A model" primary>
            {(close) => <ModelForm close={close} />}
          </Dialog>
        )
      }
    >
      <Panel flush>
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="There is no model yet">
                Add one: a key of Anthropic or OpenAI, or the address of a server of your own, as Ollama’s.
              </Empty>
            ) : (
              <Rows
                label="Models"
                rows={items}
                keyOf={({ name }) => name}
                columns={
                  maySteer ? [...COLUMNS, { title: 'Do', cell: (model) => <Acts of={model} all={items} /> }] : COLUMNS
                }
              />
            )
          }
        </Loaded>
      </Panel>
    </Page>
  );
}

function Health({ of }: { readonly of: Model }) {
  if (of.paused) return <Status tone="idle">Paused</Status>;
  if (of.health === 'closed') return <Status tone="ok">Asked</Status>;
  return (
    <>
      <Status tone="warn">{of.health === 'half-open' || of.health === 'probed' ? 'Being tried' : 'Rests'}</Status>
      {of.restsBecause !== null && <div className="quiet">{of.restsBecause}</div>}
    </>
  );
}

function Acts(props: { readonly of: Model; readonly all: readonly Model[] }) {
  const { name, paused, origin, health } = props.of;
  const param = { name };
  const attempt = useAct(() => read(api.models[':name'].test.$post({ param })), {
    changes: ['models'],
    after: ({ text, ms }) => toast({ title: `${name} answers`, message: `“${text.slice(0, 80)}”, in ${ms} ms` }),
  });
  const set = useAct(
    (state: 'paused' | 'active' | 'awake') => done(api.models[':name'].state.$post({ param, json: { state } })),
    { changes: ['models'] },
  );
  const remove = useAct(() => done(api.models[':name'].$delete({ param })), {
    changes: ['models'],
    says: 'It is gone, with its key',
  });
  return (
    <Group gap="xs">
      <Up {...props} />
      <Small name="Test" busy={attempt.isPending} act={() => attempt.mutate(undefined)} />
      <Small
        name={paused ? 'Resume' : 'Pause'}
        busy={set.isPending}
        act={() => set.mutate(paused ? 'active' : 'paused')}
      />
      {health !== 'closed' && <Small name="Ask it again" busy={set.isPending} act={() => set.mutate('awake')} />}
      {origin === 'console' && (
        <Dialog button="Edit…" title={name}>
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

/** Before the one above it, if that may be moved. */
function Up(props: { readonly of: Model; readonly all: readonly Model[] }) {
  const names = props.all.map(({ name }) => name);
  const at = names.indexOf(props.of.name);
  const above = props.all[at - 1];
  const order = useAct(
    () =>
      done(
        api.models.$put({
          json: { order: above === undefined ? names : names.with(at, above.name).with(at - 1, props.of.name) },
        }),
      ),
    { changes: ['models'] },
  );
  if (above === undefined || above.origin !== props.of.origin) return null;
  return <Small name="Up" busy={order.isPending} act={() => order.mutate(undefined)} />;
}

function Small(props: { readonly name: string; readonly busy: boolean; readonly act: () => void }) {
  return (
    <Button variant="default" size="xs" loading={props.busy} onClick={props.act}>
      {props.name}
    </Button>
  );
}
