import type { StoredMessage } from '../db/mailbox.ts';
import { Failure, toFailure } from '../model/failure.ts';
import type { TurnId } from '../model/ids.ts';
import type { Target } from '../outbox/outbox.ts';
import { openWriter, type Writer } from '../outbox/writer.ts';
import { placeOf, type Agent, type TurnContext } from './agent.ts';
import { compose } from './compose.ts';
import { generate, ModelFailed, type Prompt } from './generate.ts';
import { BURIED_AFTER, type Plan } from './plan.ts';
import { readFiles } from './read-files.ts';
import { recall } from './recall.ts';
import { recordAnswered, recordFailed, type Spoken } from './record.ts';
import { screen } from './screen.ts';
import { show } from './show.ts';
import { openTemplate, type Template } from './template.ts';

const template: Template = openTemplate();

/** A plan that says something. */
export type SpeakingPlan = Exclude<Plan, { kind: 'leave' | 'isolate' }>;

/**
 * Runs one planned turn: recall → compose → generate → screen → deliver → record.
 * @returns whether messages are left and the lease is still held.
 * @throws Failure `aborted` when the lease was lost or the process hands over: nothing more may be written or sent.
 */
export async function answer(agent: Agent, context: TurnContext, plan: SpeakingPlan): Promise<boolean> {
  const { turn, asked } = plan;
  const halt = new AbortController();
  const target = { ...targetOf(context, turn, asked), signal: AbortSignal.any([context.signal, halt.signal]) };
  const writer = openWriter(agent.outbox, target, context.mailbox.turn?.posts ?? []);
  let said: Spoken | undefined;
  try {
    if (plan.kind === 'bury') throw new Failure('refused', `its process ended ${plan.crashes} times, at last alone`);
    said =
      plan.kind === 'deliver'
        ? { text: plan.text, steps: [] }
        : await sayAnew(agent, context, plan, { writer, target });
    writer.finish(said.text);
    const posts = await writer.delivered;
    return await recordAnswered(agent, context, { turn, asked, ...said, posts });
  } catch (thrown) {
    const failure = thrown instanceof ModelFailed ? thrown : toFailure(thrown, 'unavailable');
    const stopWriting = (): void => halt.abort();
    // One that ended its process once more after it was given up is not even apologised for.
    const tellable = failure instanceof ModelFailed || (plan.kind === 'bury' && plan.crashes === BURIED_AFTER);
    return await recordFailed(agent, context, { turn, writer, failure, said, stopWriting, tellable });
  } finally {
    halt.abort();
  }
}

function targetOf(context: TurnContext, turn: TurnId, asked: readonly StoredMessage[]): Target {
  const { mailbox, organization, adapter, access, signal, leaseLeftMs, log } = context;
  const question = asked.findLast((message) => message.why !== 'follow-up') ?? asked.at(-1);
  const place = placeOf(mailbox, question);
  const { app, lease, inDoubt } = mailbox;
  return { organization, app, turn, lease, adapter, access, place, inDoubt, signal, leaseLeftMs, log };
}

async function sayAnew(
  agent: Agent,
  context: TurnContext,
  { asked, begin }: SpeakingPlan,
  { writer, target }: { writer: Writer; target: Target },
): Promise<Spoken> {
  const { organization, signal } = context;
  // Where an answer is written only when whole, and so may take minutes, the person is told at once that it was seen.
  if (context.adapter.limits.editEveryMs === undefined) void show(agent.outbox, target, 'seen');
  const [history, files] = await Promise.all([recall(context, asked), readFiles(context, asked)]);
  const prompt: Prompt = {
    system: template.render(agent.persona),
    messages: compose({ history, asked, files }),
    askedBy: `${organization}/${asked.at(-1)?.authorId ?? ''}`,
  };
  const fastEnough = agent.clock.after(WORKING_AFTER_MS, () => void show(agent.outbox, target, 'working'));
  const options = { seq: begin.step?.seq ?? 0, signal, show: (text: string) => writer.write(text) };
  const generated = await generate(agent, prompt, options).finally(fastEnough);
  if (signal.aborted) throw new Failure('aborted', 'the turn was handed over while the model answered');
  if (generated.fault === 'policy') return { text: DECLINED, steps: [generated.step] };
  if (generated.fault !== undefined) throw new ModelFailed(generated);
  return { text: screen(generated.text), steps: [generated.step] };
}

const DECLINED = 'The model declined to answer this. Please put it in other words.';

/** Milliseconds before a sign of work is shown: a fast answer needs none. */
const WORKING_AFTER_MS = 300;
