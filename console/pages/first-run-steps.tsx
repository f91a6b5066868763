import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { conversationsQuery } from '../api/conversations.ts';
import { appOf, isChosen, isPlaced, type Tried } from '../api/first-run.ts';
import { appsQuery, installsQuery, platformsQuery, type App, type Install } from '../api/installs.ts';
import { modelsQuery, type Model } from '../api/models.ts';
import { Hello } from '../parts/first-run/hello.tsx';
import { ChooseModel } from '../parts/first-run/model.tsx';
import { Place } from '../parts/first-run/place.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';

/** From an account to the first answer. Where somebody stands is read from what is there: a reload changes nothing. */
export default function FirstRunSteps() {
  const apps = useQuery(appsQuery);
  const installs = useQuery(installsQuery);
  const models = useQuery(modelsQuery);
  return (
    <Page title="Get started" about="Three steps to the first answer.">
      <Loaded query={apps}>
        {({ items: known }) => (
          <Loaded query={installs}>
            {({ items: places }) => (
              <Loaded query={models}>{({ items }) => <Steps apps={known} installs={places} models={items} />}</Loaded>
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

type Given = {
  readonly apps: readonly App[];
  readonly installs: readonly Install[];
  readonly models: readonly Model[];
};

function Steps({ apps, installs, models }: Given) {
  const came = new URLSearchParams(location.search);
  const [tried, setTried] = useState<Tried>();
  const [demo, setDemo] = useState(false);
  const [busy, setBusy] = useState(false);
  const app = appOf(apps, came.get('connected') ?? undefined);
  const placed = app !== undefined && isPlaced(app, installs) ? app : undefined;
  const hasModel = !busy && (demo || isChosen(models));
  const [isModelNow, isHelloNow] = [placed !== undefined && !hasModel, placed !== undefined && hasModel];
  return (
    <ol className="journey">
      <One
        title="Connect a platform"
        now={placed === undefined}
        done={placed !== undefined && `${placed.title}: ${placed.name}`}
      >
        <Place app={app} problem={came.get('problem')} />
      </One>
      <One title="Choose a model" now={isModelNow} done={isHelloNow && saysOf(tried, models, demo)}>
        <ChooseModel
          busy={setBusy}
          done={(found) => {
            setTried(found);
            setDemo(found === undefined);
          }}
        />
      </One>
      {placed !== undefined && isHelloNow ? (
        <SayHello app={placed} />
      ) : (
        <One title="Say hello" now={false} done={false} />
      )}
    </ol>
  );
}

function SayHello({ app }: { readonly app: App }) {
  const platforms = useQuery(platformsQuery);
  const conversations = useInfiniteQuery(conversationsQuery(ALL));
  const talk = conversations.data?.pages[0]?.items.find((one) => one.app === app.id);
  const platform = platforms.data?.items.find((one) => one.platform === app.platform);
  return (
    <One title="Say hello" now done={talk?.last?.state === 'answered' && 'The first answer is there.'}>
      <Hello app={app} platform={platform} talk={talk} />
    </One>
  );
}

const ALL = { text: '', state: '', person: '', channel: '', reveal: false };

/** What is known of the model that was chosen. */
function saysOf(tried: Tried | undefined, models: readonly Model[], demo: boolean): string {
  const model = models.find(({ paused, origin }) => !paused && origin === 'console') ?? models[0];
  if (tried !== undefined)
    return `${tried.model} said “${tried.text}” after ${tried.ms < 1000 ? `${tried.ms} ms` : `${(tried.ms / 1000).toFixed(1)} s`}`;
  return demo ? 'The demo answers, until a model is set up' : `${model?.model ?? 'A model'} answers`;
}

function One(props: {
  readonly title: string;
  readonly now: boolean;
  /** What was done; false: nothing yet. */
  readonly done: string | false;
  readonly children?: ReactNode;
}) {
  const state = props.done !== false ? 'done' : props.now ? 'now' : 'later';
  return (
    <li className="panel" data-state={state} aria-current={props.now ? 'step' : undefined}>
      <h2>{props.title}</h2>
      {props.done !== false && <p className="quiet flat">{props.done}</p>}
      {props.now && props.children}
    </li>
  );
}
