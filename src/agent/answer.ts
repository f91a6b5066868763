import { randomUUID } from 'node:crypto';
import type { StoredMessage } from '../db/mailbox.ts';
import { Failure, toFailure } from '../model/failure.ts';
import { turnId, type TurnId } from '../model/ids.ts';
import type { Status } from '../model/reply.ts';
import type { Target } from '../outbox/outbox.ts';
import { openWriter, type Writer } from '../outbox/writer.ts';
import { admit } from './admit.ts';
import type { Agent, TurnContext } from './agent.ts';
import { compose } from './compose.ts';
import { generate, hashOf, ModelFailed, type Generated, type Prompt } from './generate.ts';
import { readFiles } from './read-files.ts';
import { recall } from './recall.ts';
import { recordAnswered, recordFailed } from './record.ts';
import { screen } from './screen.ts';
import { openTemplate, type Template } from './template.ts';

const template: Template = openTemplate();

/**
 * Runs one turn over what waits in a thread: admit → recall → compose → generate → screen → deliver → record.
 * @returns whether messages are left and the lease is still held.
 * @throws Failure `aborted` when the lease was lost or the process hands over: nothing more may be written or sent.
 */
export async function answer(agent: Agent, context: TurnContext): Promise<boolean> {
  const { mailbox, organization } = context;
  const admission = admit(mailbox);
  if (admission.answer.length === 0 && mailbox.turn === undefined) {
    await agent.giveBack(organization, { lease: mailbox.lease, ignored: admission.ignored, againInMs: 0 });
    return false;
  }
  const asked = messagesOfTurn(context, admission.answer);
  const turn = mailbox.turn?.id ?? turnId(randomUUID());
  const halt = new AbortController();
  const target = { ...targetOf(context, turn, asked), signal: AbortSignal.any([context.signal, halt.signal]) };
  const writer = openWriter(agent.outbox, target, mailbox.turn?.posts ?? []);
  const run: Run = { turn, asked, writer };
  try {
    const decided = mailbox.turn?.answer;
    const said = decided === undefined ? await sayAnew(agent, context, run) : { text: decided, steps: [] };
    writer.finish(said.text);
    const posts = await writer.delivered;
    return await recordAnswered(agent, context, { ...run, ...said, posts });
  } catch (thrown) {
    const failure = thrown instanceof ModelFailed ? thrown : toFailure(thrown, 'unavailable');
    return await recordFailed(agent, context, { ...run, failure, stopWriting: () => halt.abort() });
  } finally {
    halt.abort();
  }
}

type Run = { readonly turn: TurnId; readonly asked: readonly StoredMessage[]; readonly writer: Writer };

/** A turn that goes on keeps its own messages when its answer is decided already; otherwise it takes in what came since. */
function messagesOfTurn({ mailbox }: TurnContext, admitted: readonly StoredMessage[]): readonly StoredMessage[] {
  if (mailbox.turn?.answer === undefined) return admitted;
  const own = new Set(mailbox.turn.messages);
  return mailbox.waiting.filter((message) => own.has(message.id));
}

function targetOf(context: TurnContext, turn: TurnId, asked: readonly StoredMessage[]): Target {
  const { mailbox, organization, adapter, access, signal, log } = context;
  const question = asked.findLast((message) => message.why !== 'follow-up') ?? asked.at(-1);
  const place = {
    install: mailbox.install,
    channel: mailbox.channel,
    thread: mailbox.external,
    address: question?.address ?? '',
  };
  return { organization, turn, lease: mailbox.lease, adapter, access, place, signal, log };
}

async function sayAnew(
  agent: Agent,
  context: TurnContext,
  run: Run,
): Promise<{ text: string; steps: readonly Generated['step'][] }> {
  const { organization, mailbox, signal } = context;
  const { turn, asked, writer } = run;
  // Where an answer is written only when whole, and so may take minutes, the person is told at once that it was seen.
  if (context.adapter.limits.editEveryMs === undefined) show(context, asked, 'seen');
  const [history, files] = await Promise.all([recall(context, asked), readFiles(context, asked)]);
  const prompt: Prompt = {
    system: template.render(agent.persona),
    messages: compose({ history, asked, files }),
    askedBy: `${organization}/${asked.at(-1)?.authorId ?? ''}`,
  };
  const seq = mailbox.turn?.attempts ?? 0;
  const step = { seq, provider: agent.model.provider, model: agent.model.name, inputHash: hashOf(prompt) };
  const messages = asked.map((message) => message.id);
  const live = await agent.begin(organization, { lease: mailbox.lease, turn, messages, template: template.name, step });
  if (!live) throw new Failure('aborted', 'the lease was lost before the turn began');

  const working = setTimeout(() => show(context, asked, 'working'), WORKING_AFTER_MS);
  const generated = await generate(agent, prompt, { seq, signal, show: (text) => writer.write(text) }).finally(() =>
    clearTimeout(working),
  );
  if (signal.aborted) throw new Failure('aborted', 'the turn was handed over while the model answered');
  if (generated.fault === 'policy') return { text: DECLINED, steps: [generated.step] };
  if (generated.fault !== undefined) throw new ModelFailed(generated);
  return { text: screen(generated.text), steps: [generated.step] };
}

const DECLINED = 'The model declined to answer this. Please put it in other words.';

/** Milliseconds before a sign of work is shown: a fast answer needs none. */
const WORKING_AFTER_MS = 300;

/** A sign that nobody waits for: an answer matters more than a typing dot. */
function show(
  { adapter, access, mailbox, signal, log }: TurnContext,
  asked: readonly StoredMessage[],
  status: Status,
): void {
  const question = asked.at(-1);
  if (adapter.show === undefined || question === undefined) return;
  const place = {
    install: mailbox.install,
    channel: mailbox.channel,
    thread: mailbox.external,
    address: question.address,
  };
  adapter.show(access, place, status, signal).catch((thrown: unknown) => {
    log.debug({ status, reason: toFailure(thrown, 'unavailable').message }, 'a status could not be shown');
  });
}
