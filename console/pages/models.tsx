import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { priceInWords } from '../api/model-given.ts';
import { modelsQuery, type Model } from '../api/models.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Rows, type Column } from '../parts/list.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { ModelActs } from '../parts/model-acts.tsx';
import { ModelForm } from '../parts/model-form.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { count } from '../parts/span.ts';
import { Status } from '../parts/status.tsx';

const KEPT = { none: 'nothing is kept', kept: 'kept for a while', trains: 'may be trained on' } as const;

const COLUMNS: readonly Column<Model>[] = [
  {
    title: 'Model',
    cell: ({ name, model, protocol, baseUrl, origin, hasKey }) => (
      <>
        {name}
        {origin === 'file' && <span className="quiet"> · of the configuration</span>}
        <div className="quiet mono">
          {protocol} · {model}
        </div>
        {baseUrl !== null && <div className="quiet mono">{baseUrl}</div>}
        <div className="quiet">
          {origin === 'file' ? 'Its key is in the file' : hasKey ? 'A key is kept' : 'Without a key'}
        </div>
      </>
    ),
  },
  { title: 'Health', cell: (model) => <Health of={model} /> },
  {
    title: 'Can',
    cell: ({ tools, sees, windowTokens, maxOutputTokens, embeddingModel }) => (
      <>
        {['text', tools && 'tools', sees && 'images'].filter(Boolean).join(', ')}
        <div className="quiet">
          {count(windowTokens)} tokens, answers up to {count(maxOutputTokens)}
        </div>
        {embeddingModel !== null && <div className="quiet mono">{embeddingModel}</div>}
      </>
    ),
  },
  {
    title: 'Price and data',
    cell: ({ price, retention, region }) => (
      <>
        {priceInWords(price)}
        <div className="quiet">{[region, KEPT[retention]].filter(Boolean).join(' · ')}</div>
      </>
    ),
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
          <Dialog button="Add a model…" title="A model" size="lg" primary>
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
                  maySteer
                    ? [...COLUMNS, { title: 'Do', cell: (model) => <ModelActs of={model} all={items} /> }]
                    : COLUMNS
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
