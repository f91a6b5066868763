import type { z } from 'zod';
import type { Access } from '../../src/model/adapter.ts';
import type { Event } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Status } from '../../src/model/reply.ts';
import { placeOf } from './address.ts';
import type { Address } from './address.ts';
import type { Client } from './client.ts';
import { personOf } from './message.ts';
import type { Bot } from './message.ts';
import { checkRunsAnswer, created, headAnswer } from './payload.ts';
import type { checkRunEvent, CheckRun } from './payload.ts';
import { shaped } from './shaped.ts';

/** One check run on a pull request's head tells that the bot is at work there, and takes clicks. */
export type Checks = {
  /** Nothing where there is no pull request, and where the app may not write checks. */
  readonly show: (access: Access, address: Address, status: Status, signal: AbortSignal) => Promise<void>;
};

const NAME = 'Switchboard';
const STOP = { label: 'Stop', description: 'Stop the answer being written', identifier: 'stop' };
const AGAIN = { label: 'Again', description: 'Answer the last question again', identifier: 'again' };

/** What people read of it. */
const OUTPUT = {
  working: { title: 'Writing an answer', summary: 'The answer comes as a comment.' },
  done: { title: 'Answered', summary: 'The answer is a comment in the conversation.' },
  failed: { title: 'No answer', summary: 'Something went wrong: ask again, or press the button.' },
} as const;

/** Runs under way that are remembered: their commit may not be the head any more when they end. Ours. */
const MOST_REMEMBERED = 1_000;

type Run = { readonly owner: string; readonly repo: string; readonly id: number };

export function openChecks(client: Client, bot: Bot): Checks {
  const running = new Map<string, Run>();
  const begin = async (access: Access, address: Address, signal: AbortSignal): Promise<void> => {
    const { owner, repo } = address;
    const head = await headOf(client, access, address, signal);
    const found = await findRun(client, access, { address, head, bot }, signal);
    const state = { status: 'in_progress', external_id: externalId(address), output: OUTPUT.working, actions: [STOP] };
    const parameters = { owner, repo, ...state };
    const known = found?.status === 'completed' ? undefined : found?.id;
    const answer = await (known === undefined
      ? client.call(
          access,
          'POST /repos/{owner}/{repo}/check-runs',
          { ...parameters, name: NAME, head_sha: head },
          signal,
        )
      : client.call(access, 'PATCH /repos/{owner}/{repo}/check-runs/{id}', { ...parameters, id: known }, signal));
    const read = created.safeParse(answer);
    if (!read.success) return;
    for (const oldest of [...running.keys()].slice(0, Math.max(0, running.size - MOST_REMEMBERED + 1)))
      running.delete(oldest);
    running.set(keyOf(access, address), { owner, repo, id: read.data.id });
  };
  const end = async (
    access: Access,
    address: Address,
    status: 'done' | 'failed',
    signal: AbortSignal,
  ): Promise<void> => {
    const { owner, repo } = address;
    const key = keyOf(access, address);
    const known = running.get(key) ?? (await findOpen(client, access, { address, bot }, signal));
    running.delete(key);
    if (known === undefined) return;
    const conclusion = status === 'done' ? 'success' : 'failure';
    const parameters = { owner, repo, id: known.id, conclusion, output: OUTPUT[status], actions: [AGAIN] };
    await client.call(access, 'PATCH /repos/{owner}/{repo}/check-runs/{id}', parameters, signal);
  };
  return {
    async show(access, address, status, signal) {
      if (address.pull !== true || status === 'seen') return;
      try {
        await (status === 'working' ? begin(access, address, signal) : end(access, address, status, signal));
      } catch (thrown) {
        if (!isRefusal(thrown)) throw thrown;
      }
    },
  };
}

/** The app may not write checks, or there is no such pull request: it works without. */
const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof Failure && (thrown.code === 'refused' || thrown.cause === 403);

const keyOf = ({ install }: Access, address: Address): string =>
  `${install} ${address.owner}/${address.repo}#${externalId(address)}`;

/** Which conversation the run is of: comes back with the clicks. */
const externalId = ({ number, root }: Address): string => (root === undefined ? `${number}` : `${number}/r${root}`);

async function headOf(client: Client, access: Access, address: Address, signal: AbortSignal): Promise<string> {
  const { owner, repo, number } = address;
  const route = 'GET /repos/{owner}/{repo}/pulls/{number}';
  return shaped(headAnswer, await client.call(access, route, { owner, repo, number }, signal)).head.sha;
}

type Place = { readonly address: Address; readonly head: string; readonly bot: Bot };

/** The app's newest run of this name on the commit. */
async function findRun(
  client: Client,
  access: Access,
  { address: { owner, repo }, head, bot }: Place,
  signal: AbortSignal,
): Promise<CheckRun | undefined> {
  const parameters = { owner, repo, head, check_name: NAME, app_id: bot.appId, filter: 'latest', per_page: 100 };
  const route = 'GET /repos/{owner}/{repo}/commits/{head}/check-runs';
  const { check_runs } = shaped(checkRunsAnswer, await client.call(access, route, parameters, signal));
  return check_runs.filter(({ app }) => app?.id === bot.appId).toSorted((one, other) => other.id - one.id)[0];
}

/** This conversation's own run; undefined when another conversation has taken it over, or it has ended. */
async function findOpen(
  client: Client,
  access: Access,
  { address, bot }: Omit<Place, 'head'>,
  signal: AbortSignal,
): Promise<{ readonly id: number } | undefined> {
  const head = await headOf(client, access, address, signal);
  const run = await findRun(client, access, { address, head, bot }, signal);
  return run !== undefined && run.status !== 'completed' && run.external_id === externalId(address) ? run : undefined;
}

type Pressing = { readonly install: number; readonly bot: Bot; readonly button: string | undefined };

/** A click on a button of a check run, or on "Re-run": in which conversation. */
export function readPressed(event: z.output<typeof checkRunEvent>, { install, bot, button }: Pressing): Event | string {
  const { repository, check_run: run, sender } = event;
  if (run.app?.id !== bot.appId) return 'the check run is another app’s';
  if (button !== 'stop' && button !== 'again') return 'no button of ours';
  const [, number, root] = /^(\d{1,15})(?:\/r(\d{1,15}))?$/.exec(run.external_id ?? '') ?? [];
  if (number === undefined) return 'the check run names no conversation';
  const place = placeOf(install, {
    owner: repository.owner.login,
    repo: repository.name,
    number: Number(number),
    ...(root !== undefined && { root: Number(root) }),
    pull: true,
    subject: root === undefined ? { kind: 'n', id: Number(number) } : { kind: 'r', id: Number(root) },
  });
  return { kind: 'pressed', button, place, author: personOf(sender) };
}
