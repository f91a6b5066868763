import type { Turn } from '../api/conversations.ts';
import { count, dollars, span } from './span.ts';
import { State } from './state.tsx';
import { StepView } from './step.tsx';
import { When } from './time.tsx';
import { Words } from './words.tsx';

/** One run of the agent: its calls of models and tools, and what it posted. */
export function TurnView(props: { readonly turn: Turn; readonly revealed: boolean }) {
  const { turn, revealed } = props;
  const known = turn.steps.map(({ cost }) => cost).filter((cost) => cost !== null);
  const cost = known.reduce((sum, one) => sum + one, 0);
  return (
    <article className="panel event turn">
      <header>
        <strong>The bot</strong>
        {turn.template !== null && <span className="quiet">{turn.template}</span>}
        <When at={turn.startedAt} />
        <span className="quiet">
          {span(turn.startedAt, turn.endedAt)}
          {known.length > 0 && ` · ${dollars(cost)}`}
        </span>
        <span className="end">
          <State of={turn.state} />
        </span>
      </header>
      <Words text={turn.answer} revealed={revealed} length={turn.length} />
      <Facts turn={turn} />
      {turn.steps.map((step) => (
        <StepView key={step.seq} step={step} revealed={revealed} />
      ))}
      <ol className="path">
        {turn.posts.map(({ id, ordinal, state, externalId, attempts, error }) => (
          <li key={id}>
            Part {ordinal + 1}: <State of={state} />
            {externalId !== null && <span className="mono">{externalId}</span>}
            {attempts > 1 && `after ${attempts} attempts`}
            {error !== null && <span className="because">{error}</span>}
          </li>
        ))}
        {turn.feedback.map(({ person, verdict, comment }) => (
          <li key={`${person} ${verdict}`}>
            {person}: {verdict}
            {comment !== null && ` (${comment})`}
          </li>
        ))}
      </ol>
    </article>
  );
}

/** What was not as usual. */
function Facts(props: { readonly turn: Turn }) {
  const { error, stoppedBy, retryAt, crashes, failures, approvals } = props.turn;
  const facts = [
    error,
    stoppedBy === null ? null : `Stopped by ${stoppedBy}`,
    failures === 0 ? null : `Failed ${count(failures)} ${failures === 1 ? 'time' : 'times'} before`,
    crashes === 0 ? null : `Ended a worker ${count(crashes)} ${crashes === 1 ? 'time' : 'times'}`,
  ].filter((fact) => fact !== null);
  if (facts.length === 0 && retryAt === null && approvals.length === 0) return null;
  return (
    <ul className="path">
      {facts.map((fact) => (
        <li key={fact} className="because">
          {fact}
        </li>
      ))}
      {retryAt !== null && (
        <li>
          Goes on <When at={retryAt} />
        </li>
      )}
      {approvals.map(({ id, seq, state, expiresAt }) => (
        <li key={id}>
          Call {seq} waits for somebody’s word: <State of={state} /> until <When at={expiresAt} />
        </li>
      ))}
    </ul>
  );
}
