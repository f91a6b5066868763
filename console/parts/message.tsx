import { Link } from '@tanstack/react-router';
import type { Message } from '../api/conversations.ts';
import { State } from './state.tsx';
import { span } from './span.ts';
import { When } from './time.tsx';
import { Words } from './words.tsx';

/** Why a message is one of ours to answer, in words. */
const WHY: Readonly<Record<string, string>> = {
  mention: 'the bot was mentioned',
  direct: 'a direct message',
  'follow-up': 'a follow-up in a conversation of the bot’s',
  review: 'a comment of a review',
  command: 'a command',
  overheard: 'overheard: the bot was not addressed',
};

/** A message, and each step that it took until a turn had it. */
export function MessageView(props: {
  readonly message: Message;
  readonly app: string;
  readonly revealed: boolean;
  /** When its turn began. */
  readonly taken: string | undefined;
}) {
  const { message, app, revealed, taken } = props;
  const { author, authorKind, text, length, files, why, reason, state, deliveries, receivedAt, command } = message;
  return (
    <article className="panel event">
      <header>
        <strong>{author}</strong>
        {authorKind !== 'human' && <span className="quiet">{authorKind}</span>}
        <When at={receivedAt} />
        <span className="end">
          <State of={state} />
        </span>
      </header>
      <Words text={text} revealed={revealed} length={length} />
      <ol className="path">
        <li>
          Received and verified
          {deliveries.map((delivery) => (
            <Link key={delivery} to="/deliveries/$app/$delivery" params={{ app, delivery }} className="mono">
              {delivery}
            </Link>
          ))}
        </li>
        {deliveries.length > 1 && <li>Came {deliveries.length} times, counted once</li>}
        <li>
          Because: {WHY[why] ?? why}
          {command !== null && ` (${command})`}
          {files > 0 && `, with ${files} ${files === 1 ? 'file' : 'files'}`}
        </li>
        {taken !== undefined && <li>Waited {span(receivedAt, taken)} in the queue</li>}
        {reason !== null && (
          <li className="because">
            {state === 'ignored' ? 'Why it was not answered: ' : 'Reason: '}
            {reason}
          </li>
        )}
      </ol>
    </article>
  );
}
