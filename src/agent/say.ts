import type { Told } from '../db/leases.ts';
import type { StoredMessage } from '../db/mailbox.ts';
import { Failure } from '../model/failure.ts';
import type { Policy } from '../model/policy.ts';
import type { Called } from '../model/reply.ts';
import type { Writer } from '../outbox/writer.ts';
import type { Agent, TurnContext } from './agent.ts';
import { compose } from './compose.ts';
import { generate, ModelFailed, type Prompt } from './generate.ts';
import { reasonToIgnore } from './admit.ts';
import { callByName } from './names.ts';
import { offerAgain, offerOpinion } from './offer.ts';
import { readFiles } from './read-files.ts';
import { recall } from './recall.ts';
import type { Spoken } from './record.ts';
import { screen } from './screen.ts';
import { openTemplate, type Template } from './template.ts';

const template: Template = openTemplate();

/** Why the model is not listened to any longer. */
type Cut = { readonly kind: 'stopped'; readonly by: string } | { readonly kind: 'again' };

/**
 * Asks the model: recall → compose → generate → screen. Somebody may have it stopped meanwhile, and what it is about may
 * change: then its request is ended at once.
 * @returns `again` when the mailbox has to be read anew.
 * @throws ModelFailed, or Failure `aborted` when the lease was lost.
 */
export async function say(
  agent: Agent,
  context: TurnContext,
  { asked, seq, writer }: { readonly asked: readonly StoredMessage[]; readonly seq: number; readonly writer: Writer },
): Promise<Spoken | 'again'> {
  const { organization, signal, mailbox } = context;
  const round = new AbortController();
  let cut: Cut | undefined;
  context.watch((told) => {
    const at = new Date(agent.clock.wall());
    const isAsked = told.newcomers.some((newcomer) => reasonToIgnore(mailbox, newcomer, at) === undefined);
    cut ??= cutBy({ ...told, isAsked }, mailbox.policy);
    if (cut !== undefined) round.abort();
  });
  const halted = AbortSignal.any([signal, round.signal]);
  const told = await callByName(agent, context, { asked, history: await recall(context, asked) });
  using read = await readFiles(agent, context, told, halted);
  const prompt: Prompt = {
    system: template.render(agent.persona),
    messages: compose({ ...told, files: read.files }),
    askedBy: `${organization}/${asked.at(-1)?.authorId ?? ''}`,
  };
  const show = (text: string): void => {
    if (cut === undefined) writer.write(text);
  };
  const generated = await generate(agent, prompt, { seq, signal: halted, show });
  context.watch(() => {});
  if (signal.aborted) throw new Failure('aborted', 'the turn was handed over while the model answered');
  const steps = [generated.step];
  if (cut?.kind === 'again') return 'again';
  if (cut !== undefined)
    return stopped(mailbox.policy, { by: cut.by, text: generated.text, asker: askerOf(asked) }, steps);
  if (generated.fault === 'policy') return { text: DECLINED, steps };
  if (generated.fault !== undefined) throw new ModelFailed(generated);
  return {
    text: screen(generated.text),
    steps,
    calls: callable(mailbox.policy, told.asked),
    ...offerOpinion(mailbox.policy),
  };
}

/** Whom an answer may call: where that is allowed, those whom it answers. */
function callable({ calls }: Policy, asked: readonly StoredMessage[]): readonly Called[] {
  const people = asked.filter(({ authorKind, authorName }) => authorKind === 'human' && authorName !== '');
  return calls === 'asker' ? people.map(({ authorId: id, authorName: name }) => ({ id, name })) : [];
}

function cutBy(
  { stopBy, stirred, isAsked }: Told & { readonly isAsked: boolean },
  { overlap }: Policy,
): Cut | undefined {
  if (stopBy !== undefined) return { kind: 'stopped', by: stopBy };
  if (stirred || (isAsked && overlap === 'steer')) return { kind: 'again' };
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
  const said = text.trim() === '' ? '' : screen(text);
  const stoppedBy = by === '' ? 'a newer message' : by;
  if (offer.card !== undefined) return { text: said, steps, stoppedBy, ...offer };
  return { text: [said, `*(${note})*`].filter((part) => part !== '').join('\n\n'), steps, stoppedBy };
}

export const askerOf = (asked: readonly StoredMessage[]): string => asked.at(-1)?.authorId ?? '';

const DECLINED = 'The model declined to answer this. Please put it in other words.';
