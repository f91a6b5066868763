import * as z from 'zod/mini';
import type { Step } from '../api/conversations.ts';
import { Json } from './json.tsx';
import { count, dollars, span } from './span.ts';
import { State } from './state.tsx';

const Usage = z.object({ inputTokens: z.number(), cachedInputTokens: z.number(), outputTokens: z.number() });

/** One call of a model or a tool: how long, how much, for what; whole when it is opened. */
export function StepView(props: { readonly step: Step; readonly revealed: boolean }) {
  const { seq, kind, provider, model, usage, cost, state, error, startedAt, endedAt, route, input, output } =
    props.step;
  const tokens = Usage.safeParse(usage).data;
  return (
    <details className="step">
      <summary>
        <span className="step-name">
          {kind === 'tool' ? 'Tool' : 'Model'} <span className="mono">{model === '' ? provider : model}</span>
        </span>
        <span className="quiet">{span(startedAt, endedAt)}</span>
        {tokens !== undefined && (
          <span className="quiet">
            {count(tokens.inputTokens + tokens.cachedInputTokens)} → {count(tokens.outputTokens)} tokens
          </span>
        )}
        {cost !== null && <span className="quiet">{dollars(cost)}</span>}
        <span className="end">
          <State of={state} />
        </span>
      </summary>
      <div className="step-body">
        {error !== null && <p className="because">{error}</p>}
        {route !== null && <Part title="Why this one" value={route} label={`The route of call ${seq}`} />}
        {props.revealed ? (
          <>
            <Part title="Given" value={input} label={`What call ${seq} was given`} />
            <Part title="Returned" value={output} label={`What call ${seq} returned`} />
          </>
        ) : (
          <p className="quiet">What it was given and returned is hidden: switch on “Show what was said”.</p>
        )}
      </div>
    </details>
  );
}

function Part(props: { readonly title: string; readonly value: unknown; readonly label: string }) {
  return (
    <>
      <h3>{props.title}</h3>
      <Json value={props.value} label={props.label} />
    </>
  );
}
