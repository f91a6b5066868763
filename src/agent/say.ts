import type { StoredMessage } from '../db/mailbox.ts';
import { Failure } from '../model/failure.ts';
import { quoted } from '../model/fenced.ts';
import type { TurnId } from '../model/ids.ts';
import { paragraphs } from '../model/paragraphs.ts';
import type { Policy } from '../model/policy.ts';
import type { Called } from '../model/reply.ts';
import type { Writer } from '../outbox/writer.ts';
import type { Agent, TurnContext } from './agent.ts';
import { allowedTools } from './allowed-tools.ts';
import type { Question } from './ask.ts';
import type { Material } from './compose.ts';
import { keepAnswer, lookUpAnswer, type Cacheable } from './cached.ts';
import { watchForCut, type Cut } from './cut.ts';
import { deliberate } from './deliberate.ts';
import { ModelFailed, type Prompt } from './generate.ts';
import { runOf } from './journal.ts';
import { callByName } from './names.ts';
import { offerAgain, offerOpinion } from './offer.ts';
import { promptOf } from './prompt.ts';
import { readFiles } from './read-files.ts';
import { recall } from './recall.ts';
import type { Spoken } from './record.ts';
import { remember, shorten } from './remember.ts';
import { openGuard, type Guard } from './guard.ts';
import type { Asking } from '../plugin.ts';
import { screen } from './screen.ts';
import { isTainted, marked, saidByPeople, standsIn } from './taint.ts';
import { write, type Task } from './task.ts';
import type { Thought } from './think.ts';

/** What is to be said something to. */
export type Saying = {
  readonly turn: TurnId;
  readonly asked: readonly StoredMessage[];
  /** The number of the model's call that is claimed, where one is. */
  readonly claimed: number | undefined;
  readonly writer: Writer;
};

/**
 * Asks the model: recall → remember → compose → think → screen. Somebody may have it stopped meanwhile, and what it is
 * about may change: then its request is ended at once.
 * @returns a question where a person has to allow something first; `again` when the mailbox has to be read anew.
 * @throws ModelFailed, or Failure `aborted` when the lease was lost.
 */
export async function say(agent: Agent, context: TurnContext, saying: Saying): Promise<Spoken | Question | 'again'> {
  const { mailbox } = context;
  const { asked, turn } = saying;
  const watch = watchForCut(agent, context);
  const all = await callByName(agent, context, { asked, history: await recall(context, asked) });
  const remembered = await remember(agent, context, { turn, ...all });
  const told = { asked: all.asked, history: marked(remembered.history, mailbox.policy.people) };
  using read = await readFiles(agent, context, told, watch.halted);
  const tools = await allowedTools(agent, context);
  const guard = guardOf(agent, context, told);
  const material = { ...told, files: read.files, summary: remembered.summary, ofAsker: remembered.ofAsker };
  const composed = promptOf(context, { material, remembered, tools, guard });
  const prompt = await prepared(agent, composed);
  if ('refuse' in prompt) return { text: prompt.refuse, steps: [] };
  const isAsComposed = prompt.messages === composed.messages;
  const wanted = { material, remembered, prompt, isAsComposed, claimed: saying.claimed };
  const cacheable = await lookUpAnswer(agent, context, wanted);
  if (cacheable?.found !== undefined) {
    watch.close();
    return asBefore(cacheable.found, mailbox.policy, told.asked);
  }
  const stands = standsIn(material);
  const task: Task = {
    agent,
    context,
    turn,
    run: runOf(asked, mailbox.turn?.runs ?? 0),
    prompt,
    tools,
    tainted: isTainted(material, mailbox.policy.people),
    wasSaid: (words) => stands.includes(words),
    isSecret: guard.isSecret,
    asker: { id: askerOf(asked), name: asked.at(-1)?.authorName ?? '' },
    claimed: saying.claimed,
    signal: watch.halted,
    show: (text, external) => {
      const seen = watch.cut() === undefined ? guard.growing(text, external) : undefined;
      if (seen !== undefined) saying.writer.write(seen);
    },
    acts: watch.acts,
  };
  const thought = await deliberate(task, remembered.wording);
  watch.close();
  if (remembered.isFull) await shorten(agent, context);
  const guarded = { thought, policy: mailbox.policy, guard };
  return conclude(task, { guarded, cut: watch.cut(), asked: told.asked, cacheable });
}

/** What it came to, as it is said. */
async function conclude(
  task: Task,
  { guarded, cut, asked, cacheable }: Concluding,
): Promise<Spoken | Question | 'again'> {
  const { agent, context, turn, asker } = task;
  const { thought } = guarded;
  if (context.signal.aborted) throw new Failure('aborted', 'the turn was handed over while the model answered');
  if (cut?.kind === 'again') {
    await keepCut(task, thought);
    return 'again';
  }
  if (cut !== undefined) return cutShort(guarded, asked, cut);
  const said = await staged(agent, whole(guarded, asked));
  if (cacheable !== undefined && 'steps' in said && !thought.external)
    await keepAnswer(agent, context, { cacheable, turn, said, asker: asker.name });
  return said;
}

type Concluding = {
  readonly guarded: Guarded;
  readonly cut: Cut | undefined;
  readonly asked: readonly StoredMessage[];
  readonly cacheable: Cacheable | undefined;
};

/** An answer that was given to the same question before. */
function asBefore(
  { text, step }: NonNullable<Cacheable['found']>,
  policy: Policy,
  asked: readonly StoredMessage[],
): Spoken {
  return { text, steps: [step], calls: callable(policy, asked), ...offerOpinion(policy) };
}

/** A prompt, as plugins leave it, or their refusal. */
async function prepared({ stages }: Agent, prompt: Prompt): Promise<Prompt | Asking> {
  if (stages === undefined) return prompt;
  const messages = await stages.beforeAnswer(prompt.messages);
  return 'refuse' in messages ? messages : { ...prompt, messages };
}

/** A whole answer, as plugins leave it. */
async function staged({ stages }: Agent, said: Spoken | Question): Promise<Spoken | Question> {
  if (stages === undefined || !('steps' in said)) return said;
  return { ...said, text: screen(await stages.afterAnswer(said.text)) };
}

/** A call whose answer nobody wants any more is in the journal all the same, and has to be paid. */
async function keepCut(task: Task, thought: Thought): Promise<void> {
  if (thought.kind === 'said') await write(task, { ended: { step: thought.generated.step, wanted: null }, steps: [] });
}

/** What thinking came to that nobody ended. */
function whole({ thought, policy, guard }: Guarded, asked: readonly StoredMessage[]): Spoken | Question {
  const seen = (text: string): string => (text === '' ? '' : guard.whole(text, thought.external));
  if (thought.kind === 'cut') throw new Failure('aborted', 'ended while the model answered');
  if (thought.kind === 'asks')
    return { ...thought.question, text: paragraphs(quoted(seen(thought.said)), thought.question.text) };
  const tainted = thought.external;
  if (thought.kind === 'unpaid') return { text: paragraphs(seen(thought.said), thought.text), steps: [], tainted };
  const { generated } = thought;
  const steps = [generated.step];
  if (generated.fault === 'policy') return { text: DECLINED, steps };
  if (generated.fault !== undefined) throw new ModelFailed(generated);
  return {
    text: guard.whole(generated.text, thought.external),
    steps,
    tainted,
    calls: callable(policy, asked),
    ...offerOpinion(policy),
  };
}

function cutShort(
  { thought, policy, guard }: Guarded,
  asked: readonly StoredMessage[],
  { by }: Extract<Cut, { kind: 'stopped' }>,
): Spoken {
  const isSaid = thought.kind === 'said';
  const said = isSaid ? thought.generated.text : thought.said;
  const text = said.trim() === '' ? '' : guard.whole(said, thought.external);
  const steps = isSaid ? [thought.generated.step] : [];
  return { ...stopped(policy, { by, text, asker: askerOf(asked) }, steps), tainted: thought.external };
}

/** What thinking came to, and what may be seen of it. */
type Guarded = { readonly thought: Thought; readonly policy: Policy; readonly guard: Guard };

function guardOf(
  { secretsOf, clock }: Agent,
  { organization, mailbox }: TurnContext,
  { history, asked }: Pick<Material, 'history' | 'asked'>,
): Guard {
  return openGuard({
    organization,
    said: saidByPeople(history, asked),
    hosts: mailbox.policy.links,
    secrets: secretsOf(organization),
    clock,
  });
}

/** Whom an answer may call: where that is allowed, those whom it answers. */
function callable({ calls }: Policy, asked: readonly StoredMessage[]): readonly Called[] {
  const people = asked.filter(({ authorKind, authorName }) => authorKind === 'human' && authorName !== '');
  return calls === 'asker' ? people.map(({ authorId: id, authorName: name }) => ({ id, name })) : [];
}

/** What was said until somebody had it stopped, and that it was. */
export function stopped(
  policy: Policy,
  { by, text, asker }: { readonly by: string; readonly text: string; readonly asker: string },
  steps: Spoken['steps'],
): Spoken {
  const note = by === '' ? 'Stopped for what was said since.' : `Stopped by ${by}.`;
  const offer = offerAgain(policy, note, asker);
  const stoppedBy = by === '' ? 'a newer message' : by;
  if (offer.card !== undefined) return { text, steps, stoppedBy, ...offer };
  return { text: paragraphs(text, `*(${note})*`), steps, stoppedBy };
}

export const askerOf = (asked: readonly StoredMessage[]): string => asked.at(-1)?.authorId ?? '';

const DECLINED = 'The model declined to answer this. Please put it in other words.';
