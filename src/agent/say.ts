import type { Told } from '../db/leases.ts';
import type { StoredMessage } from '../db/mailbox.ts';
import { Failure } from '../model/failure.ts';
import type { TurnId } from '../model/ids.ts';
import type { ModelPolicy, Policy } from '../model/policy.ts';
import type { Called } from '../model/reply.ts';
import type { Tool } from '../model/tool.ts';
import type { Writer } from '../outbox/writer.ts';
import type { Agent, TurnContext } from './agent.ts';
import { reasonToIgnore } from './admit.ts';
import { allowedTools } from './allowed-tools.ts';
import type { Question } from './ask.ts';
import { compose, type Material } from './compose.ts';
import { ModelFailed, type Prompt } from './generate.ts';
import { runOf } from './journal.ts';
import { callByName } from './names.ts';
import { offerAgain, offerOpinion } from './offer.ts';
import { readFiles } from './read-files.ts';
import { recall } from './recall.ts';
import type { Spoken } from './record.ts';
import { openGuard, type Guard } from './guard.ts';
import { screen } from './screen.ts';
import { isTainted } from './taint.ts';
import { write, type Task } from './task.ts';
import { openTemplate, type Template } from './template.ts';
import { think, type Thought } from './think.ts';

const template: Template = openTemplate();

/** Why the model is not listened to any longer. */
type Cut = { readonly kind: 'stopped'; readonly by: string } | { readonly kind: 'again' };

/** What is to be said something to. */
export type Saying = {
  readonly turn: TurnId;
  readonly asked: readonly StoredMessage[];
  /** The number of the model's call that is claimed, where one is. */
  readonly claimed: number | undefined;
  readonly writer: Writer;
};

/**
 * Asks the model: recall → compose → think → screen. Somebody may have it stopped meanwhile, and what it is about may
 * change: then its request is ended at once.
 * @returns a question where a person has to allow something first; `again` when the mailbox has to be read anew.
 * @throws ModelFailed, or Failure `aborted` when the lease was lost.
 */
export async function say(agent: Agent, context: TurnContext, saying: Saying): Promise<Spoken | Question | 'again'> {
  const { signal, mailbox } = context;
  const { asked, turn } = saying;
  const round = new AbortController();
  let cut: Cut | undefined;
  let acts = false;
  context.watch((told) => {
    const at = new Date(agent.clock.wall());
    const isAsked = told.newcomers.some((newcomer) => reasonToIgnore(mailbox, newcomer, at) === undefined);
    cut ??= cutBy({ ...told, isAsked, acts }, mailbox.policy);
    if (cut !== undefined) round.abort();
  });
  const halted = AbortSignal.any([signal, round.signal]);
  const told = await callByName(agent, context, { asked, history: await recall(context, asked) });
  using read = await readFiles(agent, context, told, halted);
  const tools = await allowedTools(agent, context);
  const guard = guardOf(agent, context, told);
  const prompt = promptOf(agent, context, { material: { ...told, files: read.files }, tools, guard });
  const messages = (await agent.stages?.beforeAnswer(prompt.messages)) ?? prompt.messages;
  if ('refuse' in messages) return { text: messages.refuse, steps: [] };
  const task: Task = {
    agent,
    context,
    turn,
    run: runOf(asked, mailbox.turn?.runs ?? 0),
    prompt: { ...prompt, messages },
    tools,
    tainted: isTainted({ ...told, files: read.files }),
    asker: { id: askerOf(asked), name: asked.at(-1)?.authorName ?? '' },
    claimed: saying.claimed,
    signal: halted,
    show: (text, external) => {
      const seen = cut === undefined ? guard.growing(text, external) : undefined;
      if (seen !== undefined) saying.writer.write(seen);
    },
    acts: () => void (acts = true),
  };
  const thought = await think(task);
  context.watch(() => {});
  if (signal.aborted) throw new Failure('aborted', 'the turn was handed over while the model answered');
  if (cut?.kind === 'again') {
    await keepCut(task, thought);
    return 'again';
  }
  const guarded = { thought, policy: mailbox.policy, guard };
  return cut === undefined ? staged(agent, whole(guarded, told.asked)) : cutShort(guarded, asked, cut);
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
    return { ...thought.question, text: together(seen(thought.said), thought.question.text) };
  if (thought.kind === 'unpaid') return { text: together(seen(thought.said), thought.text), steps: [] };
  const { generated } = thought;
  const steps = [generated.step];
  if (generated.fault === 'policy') return { text: DECLINED, steps };
  if (generated.fault !== undefined) throw new ModelFailed(generated);
  return {
    text: guard.whole(generated.text, thought.external),
    steps,
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
  return stopped(policy, { by, text, asker: askerOf(asked) }, isSaid ? [thought.generated.step] : []);
}

/** What thinking came to, and what may be seen of it. */
type Guarded = { readonly thought: Thought; readonly policy: Policy; readonly guard: Guard };

function guardOf(
  { secrets, clock }: Agent,
  { organization, mailbox }: TurnContext,
  { history, asked }: Pick<Material, 'history' | 'asked'>,
): Guard {
  const byPeople = [
    ...history.filter(({ by }) => by === 'user'),
    ...asked.filter(({ authorKind }) => authorKind === 'human'),
  ];
  return openGuard({
    conversation: `${organization}/${mailbox.lease.thread}`,
    said: byPeople.map(({ text }) => text).join('\n'),
    hosts: mailbox.policy.links,
    secrets,
    clock,
  });
}

function promptOf(
  agent: Agent,
  { organization, mailbox, adapter }: TurnContext,
  { material, tools, guard }: { readonly material: Material; readonly tools: readonly Tool[]; readonly guard: Guard },
): Prompt {
  return {
    system: guard.marked(template.render(agent.persona)),
    messages: compose(material, { suggests: adapter.suggests === true }),
    tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
    askedBy: `${organization}/${askerOf(material.asked)}`,
    wants: wantsOf(mailbox.policy.models, material),
  };
}

/** What the place wants of a model. */
function wantsOf(
  { prefer, only, regions, retention, seconds }: ModelPolicy,
  { asked, files }: Material,
): Prompt['wants'] {
  return {
    needs: {
      ...(only.length > 0 && { only }),
      ...(regions.length > 0 && { region: regions }),
      retention,
    },
    prefer,
    task: asked.some(({ anchor }) => anchor !== undefined) ? 'review' : files.length > 0 ? 'files' : 'chat',
    mostMs: seconds * 1_000,
  };
}

const together = (one: string, other: string): string => [one, other].filter((part) => part !== '').join('\n\n');

/** Whom an answer may call: where that is allowed, those whom it answers. */
function callable({ calls }: Policy, asked: readonly StoredMessage[]): readonly Called[] {
  const people = asked.filter(({ authorKind, authorName }) => authorKind === 'human' && authorName !== '');
  return calls === 'asker' ? people.map(({ authorId: id, authorName: name }) => ({ id, name })) : [];
}

function cutBy(
  { stopBy, stirred, isAsked, acts }: Told & { readonly isAsked: boolean; readonly acts: boolean },
  { overlap }: Policy,
): Cut | undefined {
  if (stopBy !== undefined) return { kind: 'stopped', by: stopBy };
  // What was begun for a question is gone through with before a newer message is looked at.
  if (stirred || (isAsked && overlap === 'steer' && !acts)) return { kind: 'again' };
  return isAsked && overlap === 'interrupt' ? { kind: 'stopped', by: '' } : undefined;
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
  return { text: [text, `*(${note})*`].filter((part) => part !== '').join('\n\n'), steps, stoppedBy };
}

export const askerOf = (asked: readonly StoredMessage[]): string => asked.at(-1)?.authorId ?? '';

const DECLINED = 'The model declined to answer this. Please put it in other words.';
