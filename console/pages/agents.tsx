import { Group } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { api, done } from '../api/client.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import {
  nameOf,
  reportQuery,
  TASKS,
  templatesQuery,
  type Outcome,
  type Rule,
  type Templates,
  type Version,
} from '../api/templates.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Rows, type Column } from '../parts/list.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { count, dollars } from '../parts/span.ts';
import { platformOf } from '../parts/states.ts';
import { TemplateDiff } from '../parts/template-diff.tsx';
import { TemplateForm } from '../parts/template-form.tsx';
import { When } from '../parts/time.tsx';
import { useAct } from '../parts/use-act.ts';
import { UseTemplate } from '../parts/use-template.tsx';

const RULES: readonly Column<Rule>[] = [
  { title: 'Where', cell: (rule) => whereOf(rule) },
  {
    title: 'Which',
    cell: ({ variants }) =>
      variants.map(({ template, share }) => (
        <div key={template} className="mono">
          {template}
          {variants.length > 1 && ` · ${percentOf(share, variants)} %`}
        </div>
      )),
  },
  { title: 'By', cell: ({ createdBy }) => createdBy },
];

const REPORT: readonly Column<Outcome>[] = [
  { title: 'Version', cell: ({ template }) => <span className="mono">{template}</span> },
  { title: 'Conversations', number: true, cell: ({ threads }) => count(threads) },
  { title: 'Answers', number: true, cell: ({ answers }) => count(answers) },
  { title: 'Failed', number: true, cell: ({ failed }) => count(failed) },
  { title: '👍', number: true, cell: ({ good }) => count(good) },
  { title: '👎', number: true, cell: ({ bad }) => count(bad) },
  { title: 'Seconds', number: true, cell: ({ seconds }) => seconds.toFixed(1) },
  { title: 'Cost', number: true, cell: (row) => dollars(row.dollars) },
  {
    title: 'An answer',
    number: true,
    cell: (row) => (row.answers === 0 ? '' : dollars(row.dollars / row.answers)),
  },
];

/** Pure. */
const percentOf = (share: number, of: Rule['variants']): number =>
  Math.round((share / of.reduce((sum, variant) => sum + variant.share, 0)) * 100);

/** Pure. */
const whereOf = ({ platform, install, channel, command, task }: Rule): string =>
  [platform, install, channel, command && `/${command}`, task].filter((part) => part !== '').join(' · ') ||
  'everywhere';

/** What the agent is told, in versions; where which is used; what came of each. */
export default function Agents() {
  const { data: me } = useSuspenseQuery(meQuery);
  const query = useQuery(templatesQuery);
  const maySteer = isAtLeast(me.role, 'admin');
  return (
    <Page
      title="Agents & templates"
      about="What the agent is told before a conversation. Versions stay as they are: a change is a new one, and going back is one click."
      actions={
        maySteer && (
          <Dialog button="New version…" title="A version" size="80rem" primary>
            {(close) => <TemplateForm close={close} start={query.data?.versions.at(-1)} />}
          </Dialog>
        )
      }
    >
      <Loaded query={query}>
        {(templates) => (
          <>
            <Used templates={templates} maySteer={maySteer} />
            <Versions versions={templates.versions} maySteer={maySteer} />
          </>
        )}
      </Loaded>
      {isAtLeast(me.role, 'analyst') && <Report />}
    </Page>
  );
}

function Used(props: { readonly templates: Templates; readonly maySteer: boolean }) {
  const { rules, versions, everywhereElse } = props.templates;
  return (
    <Panel
      flush
      title="Where which is used"
      actions={
        props.maySteer && (
          <Dialog button="Use…" title="Use a version somewhere">
            {(close) => <UseTemplate close={close} versions={versions} />}
          </Dialog>
        )
      }
    >
      {rules.length === 0 ? (
        <Empty title={`${everywhereElse} is used everywhere`}>Add a version, then use it where it fits.</Empty>
      ) : (
        <Rows
          label="Rules"
          rows={rules}
          columns={props.maySteer ? [...RULES, { title: 'Do', cell: (rule) => <GoBack of={rule} /> }] : RULES}
          keyOf={({ id }) => String(id)}
        />
      )}
    </Panel>
  );
}

function GoBack({ of }: { readonly of: Rule }) {
  const { platform, install, channel, command, task } = of;
  const back = useAct(
    () => {
      const known = TASKS.find((one) => one === task) ?? '';
      const at = { install, channel, command, task: known };
      return done(api.templates.rollback.$post({ json: { ...at, platform: platformOf(platform) } }));
    },
    { changes: ['templates'], says: 'What was used there before is used again' },
  );
  return (
    <Confirm
      act="Roll back"
      title={`Go back, ${whereOf(of)}?`}
      busy={back.isPending}
      onConfirm={(close) => back.mutate(undefined, { onSuccess: close })}
    >
      Conversations that come from now on are told what was used there before.
    </Confirm>
  );
}

function Versions(props: { readonly versions: readonly Version[]; readonly maySteer: boolean }) {
  return (
    <Panel flush title="Versions">
      <Rows
        label="Versions"
        rows={props.versions.toReversed()}
        keyOf={nameOf}
        columns={[
          { title: 'Version', cell: (version) => <span className="mono">{nameOf(version)}</span> },
          { title: 'By', cell: ({ createdBy }) => createdBy },
          { title: 'When', cell: ({ createdAt }) => (createdAt === '' ? '' : <When at={createdAt} />) },
          {
            title: 'Do',
            cell: (version) => (
              <Group gap="xs">
                <Dialog button={props.maySteer ? 'Look, change…' : 'Look'} title={nameOf(version)} size="80rem">
                  {(close) => <TemplateForm close={close} start={version} readOnly={!props.maySteer} />}
                </Dialog>
                {props.versions.length > 1 && (
                  <Dialog button="Compare…" title={`What is new in ${nameOf(version)}`} size="xl">
                    {() => <TemplateDiff versions={props.versions} of={version} />}
                  </Dialog>
                )}
              </Group>
            ),
          },
        ]}
      />
    </Panel>
  );
}

function Report() {
  const query = useQuery(reportQuery);
  if (query.data?.items.length === 0) return null;
  return (
    <Panel flush title="What came of each, in thirty days">
      <Loaded query={query}>
        {({ items }) => <Rows label="Outcomes" rows={items} columns={REPORT} keyOf={({ template }) => template} />}
      </Loaded>
    </Panel>
  );
}
