import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { accountQuery } from '../api/account.ts';
import { conversationsQuery } from '../api/conversations.ts';
import { deadLettersQuery, waitingQuery } from '../api/deliveries.ts';
import { appsQuery } from '../api/installs.ts';
import { modelsQuery } from '../api/models.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { dayAgo, usageQuery } from '../api/usage.ts';
import { Bars } from '../parts/bars.tsx';
import { Empty } from '../parts/empty.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { count, dollars } from '../parts/span.ts';
import { State } from '../parts/state.tsx';
import { platformName } from '../parts/states.ts';
import { When } from '../parts/time.tsx';

const SHOWN = 6;
const DAYS = 14;
const ALL = { text: '', state: '', person: '', channel: '', reveal: false };

/** How it goes, and what is to be done next. */
export default function Overview() {
  const { data: me } = useSuspenseQuery(meQuery);
  return (
    <Page title="Overview">
      {isAtLeast(me.role, 'admin') && <Begin />}
      <Attention />
      {isAtLeast(me.role, 'analyst') && <Fortnight />}
      <Latest />
    </Page>
  );
}

/** The way to the first answer, until it is gone. */
function Begin() {
  const account = useQuery(accountQuery);
  const apps = useQuery(appsQuery);
  const models = useQuery(modelsQuery);
  const conversations = useInfiniteQuery(conversationsQuery(ALL));
  const { data: found } = conversations;
  if (apps.data === undefined || models.data === undefined || found === undefined) return null;
  const steps = [
    {
      isDone: account.data?.user.twoFactorEnabled === true,
      to: '/account',
      title: 'Secure your account',
      about: 'A second step, or a passkey.',
    },
    { isDone: apps.data.items.length > 0, to: '/installs', title: 'Connect a platform', about: 'Most take a minute.' },
    {
      isDone: models.data.items.length > 0,
      to: '/models',
      title: 'Choose a model',
      about: 'A key, or a server of yours.',
    },
    {
      isDone: (found.pages[0]?.items.length ?? 0) > 0,
      to: '/conversations',
      title: 'Say hello',
      about: 'Mention the bot: it appears here at once.',
    },
  ] as const;
  if (steps.slice(1).every(({ isDone }) => isDone)) return null;
  return (
    <Panel flush title="To the first answer" actions={<Link to="/get-started">Step by step</Link>}>
      <ol className="steps">
        {steps.map(({ isDone, to, title, about }) => (
          <li key={to} data-done={isDone}>
            <Link to={to}>{title}</Link>
            <span className="quiet">{isDone ? 'Done' : about}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** What waits for a person. */
function Attention() {
  const waiting = useQuery(waitingQuery);
  const dead = useInfiniteQuery(deadLettersQuery(false));
  const apps = useQuery(appsQuery);
  const first = dead.data?.pages[0];
  const given = first === undefined ? 0 : first.items.length;
  const broken = apps.data?.items.filter(({ problem }) => problem !== null) ?? [];
  return (
    <div className="tiles">
      <Link to="/deliveries" className="tile">
        <strong>{waiting.data === undefined ? '–' : count(waiting.data.items.length)}</strong>
        <span>in work</span>
      </Link>
      <Link to="/dead-letters" className="tile" data-tone={given > 0 ? 'bad' : undefined}>
        <strong>{first === undefined ? '–' : `${count(given)}${first.next === null ? '' : '+'}`}</strong>
        <span>given up</span>
      </Link>
      <Link to="/installs" className="tile" data-tone={broken.length > 0 ? 'bad' : undefined}>
        <strong>{apps.data === undefined ? '–' : count(apps.data.items.length)}</strong>
        <span>{broken.length > 0 ? `apps, ${broken.length} with a problem` : 'apps connected'}</span>
      </Link>
    </div>
  );
}

function Fortnight() {
  const [now] = useState(Date.now);
  const { data } = useQuery(usageQuery(dayAgo(DAYS - 1, now), dayAgo(0, now), 'day'));
  if (data === undefined || data.items.length === 0) return null;
  const answers = new Map(data.items.map((row) => [row.day.slice(0, 10), row.answers]));
  const sum = data.items.reduce((total, row) => total + row.answers, 0);
  const cost = data.items.reduce((total, row) => total + row.dollars, 0);
  return (
    <Panel title="Two weeks">
      <p className="figures">
        <strong>{count(sum)}</strong> {sum === 1 ? 'answer' : 'answers'} for <strong>{dollars(cost)}</strong>
      </p>
      <Bars
        label="Answers per day"
        bars={Array.from({ length: DAYS }, (_, at) => dayAgo(DAYS - 1 - at, now)).map((name) => {
          const value = answers.get(name) ?? 0;
          return { name, value, says: `${value} answers` };
        })}
      />
    </Panel>
  );
}

function Latest() {
  const { data } = useInfiniteQuery(conversationsQuery(ALL));
  const items = data?.pages[0]?.items.slice(0, SHOWN);
  if (items === undefined) return null;
  return (
    <Panel flush title="Latest conversations">
      {items.length === 0 ? (
        <Empty title="Nobody has said anything yet">Mention the bot in a connected workspace.</Empty>
      ) : (
        <ul className="latest">
          {items.map(({ id, platform, channel, installName, install, last, activeAt }) => (
            <li key={id}>
              <Link to="/conversations/$id" params={{ id }} className="row-link">
                {platformName(platform)} · {installName ?? install}
                <small>{channel}</small>
              </Link>
              {last !== null && <State of={last.state} />}
              <span className="quiet">
                <When at={activeAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
