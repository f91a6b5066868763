import { budgetsOf, inDollars, inWords, nameOf, type Budget, type Spot } from '../model/budget.ts';
import type { Reserved } from '../db/holds.ts';
import type { ModelFault } from '../llm/provider.ts';
import { Failure } from '../model/failure.ts';
import { requestOf, type Generated, type Prompt } from './generate.ts';
import type { Task } from './task.ts';

/** A model may not be asked: what is said instead. */
export type Unpaid = { readonly unpaid: string };

/** Milliseconds after which it is looked again whether calls under way have left some of a budget. */
const BUSY_MS = 5_000;

/**
 * Has a model asked under every budget that counts there: what the call may cost is held before, and what it has cost stands in
 * the step's bill, to be counted in the transaction that ends the step. Without budgets nothing is asked of the database.
 * @param ask asks the model; it is told what that may cost.
 * @throws Failure `rate-limited` while the rest of a budget is held by calls under way.
 */
export async function spend(
  task: Task,
  prompt: Prompt,
  ask: (prompt: Prompt) => Promise<Generated>,
): Promise<Generated | Unpaid> {
  const { agent, context } = task;
  const spot = spotOf(task);
  const held = await holdFor(task, prompt, spot);
  if ('unpaid' in held) return held;
  const { hold, most } = held;
  try {
    const generated = await ask(
      hold === undefined ? prompt : { ...prompt, wants: { ...prompt.wants, mostDollars: most } },
    );
    return { ...generated, step: { ...generated.step, bill: { ...spot, hold, dollars: paidFor(generated) } } };
  } catch (thrown) {
    // It went wrong before anybody was asked. What cannot be given back now is given up when it expires.
    if (hold !== undefined)
      await agent.store.settleHold(context.organization, { hold, dollars: 0 }).catch(() => undefined);
    throw thrown;
  }
}

function spotOf({ context, asker }: Task): Spot {
  const { app, install, channel } = context.mailbox;
  return { app, install, channel, person: asker.id };
}

type Held = { readonly hold: string | undefined; readonly most: number };

async function holdFor({ agent, context, turn, run }: Task, prompt: Prompt, spot: Spot): Promise<Held | Unpaid> {
  const { organization, mailbox, route, log } = context;
  const slots = budgetsOf(await agent.store.budgets(organization), spot);
  const { perAnswer } = mailbox.policy.spend;
  const most = slots.length === 0 && perAnswer === undefined ? 0 : (route.worstCost?.(requestOf(prompt)) ?? 0);
  if (most === 0) return { hold: undefined, most };
  const reserved = await agent.store.reserve(organization, {
    turn,
    slots: slots.map(({ budget, subject }) => ({ budget, subject })),
    answer: perAnswer === undefined ? undefined : { run, most: perAnswer },
    dollars: most,
  });
  if (reserved.kind === 'granted') return { hold: reserved.hold, most };
  if (reserved.busy)
    throw new Failure('rate-limited', 'what is left of a budget is held by calls under way', { retryInMs: BUSY_MS });
  log.info({ turn, budget: reserved.budget, left: reserved.left, most }, 'a budget is used up');
  const budget = slots.find(({ id }) => id === reserved.budget);
  return { unpaid: budget === undefined ? tooDear(perAnswer ?? 0) : usedUp(budget, reserved) };
}

function usedUp(budget: Budget, { left, anewAt }: Extract<Reserved, { kind: 'refused' }>): string {
  const name = `${nameOf(budget)} (${inDollars(budget.dollars)})`;
  const state = left < 0.01 ? 'is used up' : `has ${inDollars(left)} left, less than an answer may cost`;
  return anewAt === undefined ? `${name} ${state}.` : `${name} ${state}; it begins anew ${inWords(anewAt, budget)}.`;
}

const tooDear = (most: number): string =>
  `One answer may cost ${inDollars(most)} here, and to go on could cost more. Ask for less at once, or ask an admin of this bot.`;

/** What no server takes money for, if it has said nothing. */
const FREE_FAULTS: ReadonlySet<ModelFault> = new Set([
  'rate',
  'server',
  'connection',
  'context',
  'auth',
  'bad-request',
  'unroutable',
]);

/** US dollars; null: that is not known. */
function paidFor({ step, text, fault }: Generated): number | null {
  if (step.cost !== null) return step.cost;
  const isFree = fault !== undefined && FREE_FAULTS.has(fault) && text === '' && step.usage === null;
  return isFree ? 0 : null;
}
