import { Group } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { api, done } from '../api/client.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { budgetsQuery, type Budget } from '../api/usage.ts';
import { BudgetForm } from './budget-form.tsx';
import { Confirm } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { Empty } from './empty.tsx';
import { Rows, type Column } from './list.tsx';
import { Loaded } from './loaded.tsx';
import { Meter } from './meter.tsx';
import { Panel } from './page.tsx';
import { dollars } from './span.ts';
import { useAct } from './use-act.ts';

const SCOPES = {
  organization: 'The organization',
  install: 'A workspace',
  channel: 'A channel',
  person: 'A person',
} as const;
const EVERY = { day: 'a day', month: 'a month', total: 'altogether' } as const;

const COLUMNS: readonly Column<Budget>[] = [
  {
    title: 'For',
    cell: ({ scope, install, channel, person }) => (
      <>
        {SCOPES[scope]}{' '}
        <span className="mono">
          {[install, channel, person === '*' ? 'each' : person].filter((id) => id !== '').join(' · ')}
        </span>
      </>
    ),
  },
  { title: 'May', cell: (budget) => `${dollars(budget.dollars)} ${EVERY[budget.every]}` },
  {
    title: 'Spent',
    cell: (budget) => (
      <div className="spent">
        {dollars(budget.spent)}
        {budget.held > 0 && <span className="quiet">, and {dollars(budget.held)} held by calls under way</span>}
        {budget.person === '*' && <span className="quiet">, by all together</span>}
        {budget.person !== '*' && <Meter {...budget} />}
      </div>
    ),
  },
  {
    title: 'Told',
    cell: ({ alert }) => (
      <span className="mono">{alert === null ? 'nobody' : `${alert.install} · ${alert.channel}`}</span>
    ),
  },
];

/** What may be spent. */
export function Budgets() {
  const { data: me } = useSuspenseQuery(meQuery);
  const query = useQuery(budgetsQuery);
  const maySteer = isAtLeast(me.role, 'admin');
  const acts: Column<Budget> = {
    title: 'Do',
    cell: (budget) => (budget.origin === 'console' ? <Acts of={budget} /> : <span className="quiet">in the file</span>),
  };
  return (
    <Panel
      flush
      title="Budgets"
      actions={
        maySteer && (
          <Dialog button="New budget…" title="What may be spent">
            {(close) => <BudgetForm close={close} />}
          </Dialog>
        )
      }
    >
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="There is no budget">Without one, answers cost what they cost: set a limit for a month.</Empty>
          ) : (
            <Rows
              label="Budgets"
              rows={items}
              columns={maySteer ? [...COLUMNS, acts] : COLUMNS}
              keyOf={({ id }) => id}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Acts({ of }: { readonly of: Budget }) {
  return (
    <Group gap="xs">
      <Dialog button="Edit…" title="What may be spent">
        {(close) => <BudgetForm close={close} of={of} />}
      </Dialog>
      <Remove of={of} />
    </Group>
  );
}

function Remove({ of }: { readonly of: Budget }) {
  const remove = useAct(() => done(api.budgets[':id'].$delete({ param: { id: of.id } })), {
    changes: ['budgets'],
    says: 'The budget is gone',
  });
  return (
    <Confirm
      act="Remove"
      title="Remove this budget?"
      busy={remove.isPending}
      onConfirm={(close) => remove.mutate(undefined, { onSuccess: close })}
    >
      What was spent stays known; nothing limits it any more here.
    </Confirm>
  );
}
