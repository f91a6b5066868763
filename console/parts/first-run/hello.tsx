import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ListedConversation } from '../../api/conversations.ts';
import type { App, Platform } from '../../api/installs.ts';
import { Copy } from '../copy.tsx';
import { Address } from '../way-form.tsx';

type Mark = 'done' | 'now' | 'later' | 'bad';

/** The last step is on the platform: what is to be written there, and how far it has come. */
export function Hello(props: {
  readonly app: App;
  readonly platform: Platform | undefined;
  /** The newest conversation with it. */
  readonly talk: ListedConversation | undefined;
}) {
  const { app, platform, talk } = props;
  const isAnswered = answerOf(talk)[0] === 'done';
  const words = (platform?.hello ?? 'Write to {name} there.').replace('{name}', app.name);
  return (
    <div className="stack">
      {talk === undefined && <Left app={app} left={platform?.left ?? null} />}
      {!isAnswered && (
        <p className="flat hello">
          {words} <Copy text={`@${app.name} hello`} what="what to write" />
        </p>
      )}
      <Marks app={app} talk={talk} />
      {isAnswered && talk !== undefined && (
        <div className="facts">
          <Button component="a" href="/">
            Go to the overview
          </Button>
          <Link to="/conversations/$id" params={{ id: talk.id }}>
            See how it was answered
          </Link>
        </div>
      )}
    </div>
  );
}

/** What is to be done on the platform before. */
function Left({ app, left }: { readonly app: App; readonly left: string | null }) {
  if (left === null) return null;
  return (
    <div className="note stack">
      <p className="flat">{left}</p>
      <Address name="The endpoint" url={app.hookUrl} />
      {app.can.pack && (
        <div>
          <Button component="a" href={`/api/v1/apps/${app.id}/package`} variant="default" size="xs" download>
            Download the package
          </Button>
        </div>
      )}
    </div>
  );
}

/** Told to whoever listens, as they come. */
function Marks({ app, talk }: { readonly app: App; readonly talk: ListedConversation | undefined }) {
  const connected: Said =
    app.problem === null ? ['done', `${app.name} is connected`] : ['bad', `It cannot be opened: ${app.problem}`];
  return (
    <ul className="marks" aria-live="polite">
      {[connected, heardOf(talk), answerOf(talk)].map(([mark, text], index) => (
        // The three are always there, in this order.
        <li key={ORDER[index]} data-mark={mark}>
          <span className="visually-hidden">{SAYS[mark]}: </span>
          {text}
        </li>
      ))}
    </ul>
  );
}

const ORDER = ['connected', 'heard', 'answered'] as const;

type Said = readonly [mark: Mark, text: string];

const heardOf = (talk: ListedConversation | undefined): Said =>
  talk === undefined ? ['now', 'Your message: waiting for it'] : ['done', 'Your message has come'];

function answerOf(talk: ListedConversation | undefined): Said {
  const last = talk?.last ?? null;
  if (talk === undefined || last === null) return ['later', 'The answer'];
  if (last.state === 'answered') return ['done', 'It is answered'];
  if (last.state !== 'ignored' && last.state !== 'dead') return ['now', 'It is being answered'];
  return ['bad', `It was not answered: ${last.reason ?? talk.turn?.error ?? 'see the conversation'}`];
}

const SAYS: Readonly<Record<Mark, string>> = { done: 'Done', now: 'Now', later: 'Later', bad: 'Not done' };
