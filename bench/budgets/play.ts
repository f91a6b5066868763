import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { judge, makeWorld, topUp, type Verdict } from './world.ts';

export type Play = {
  readonly url: string;
  readonly processes: number;
  /** Calls at once in each process. */
  readonly atOnce: number;
  readonly seconds: number;
  /** Milliseconds between two processes that are killed. */
  readonly killEveryMs: number;
};

export type Played = {
  readonly rows: readonly Verdict[];
  readonly holds: number;
  readonly granted: number;
  readonly refused: number;
  readonly kills: number;
  /** What processes that ended by themselves said: there should be none. */
  readonly broken: readonly string[];
};

/** US dollars a second that come in addition to the widest budgets. */
const TOP_UP = 0.5;

/** Processes spend from nested budgets at once and are killed at random; then what is left of it is looked at. */
export async function play({ url, processes, atOnce, seconds, killEveryMs }: Play): Promise<Played> {
  await makeWorld(url, seconds);
  const counts = { granted: 0, refused: 0, kills: 0 };
  const broken: string[] = [];
  const start = (): ChildProcess => {
    const child = fork(join(import.meta.dirname, 'spender.ts'), [url, `${atOnce}`], { silent: true });
    child.on('message', (kind) => void (kind === 'granted' ? (counts.granted += 1) : (counts.refused += 1)));
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => void (said += chunk.toString('utf8')));
    child.on('exit', (code, signal) => void (signal !== 'SIGKILL' && broken.push(`${code}: ${said.slice(0, 500)}`)));
    return child;
  };
  const running = Array.from({ length: processes }, start);
  const until = performance.now() + seconds * 1_000;
  for (let toppedUp = performance.now(); performance.now() < until;) {
    await sleep(killEveryMs * (0.5 + Math.random()));
    const index = Math.floor(Math.random() * running.length);
    await kill(running[index]);
    counts.kills += 1;
    running[index] = start();
    if (performance.now() - toppedUp < 1_000) continue;
    toppedUp = performance.now();
    await topUp(url, TOP_UP);
  }
  await Promise.all(running.map(kill));
  return { ...(await judge(url)), ...counts, broken };
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** What is wrong with it; empty: nothing. */
export function flawsOf({ rows, holds, granted, refused, broken }: Played): readonly string[] {
  const wrong = rows.flatMap(({ kind, over, lost, held }) => [
    ...(over > 0 ? [`${kind}: ${over} over`] : []),
    ...(lost > 0 ? [`${kind}: ${lost} of which more was billed than counted`] : []),
    ...(held > 0 ? [`${kind}: ${held} still hold something`] : []),
  ]);
  return [
    ...wrong,
    ...(holds === 0 ? [] : [`${holds} holds are left`]),
    ...(granted > 0 && refused > 0 ? [] : ['nothing was granted, or nothing refused: this says nothing']),
    ...broken.map((said) => `a process ended by itself: ${said}`),
  ];
}
