import type { HubProcess } from './hub-process.ts';
import { seconds } from './notes.ts';
import type { Step } from './play.ts';

const WIDTH = 88;

/** The top of the transcript: what was started, and what the hub said of itself. */
export function headOf(hub: Pick<HubProcess, 'introduction'>, startedInMs: number): string {
  return `Started PostgreSQL, the stand-ins and the hub in ${seconds(startedInMs)}.\n\n${hub.introduction.trimEnd()}\n`;
}

/** One line as soon as a step has ended. */
export function tickOf({ platform, title, tookMs, fault }: Step): string {
  return `${fault === undefined ? '✓' : '✗'} ${platform.padEnd(8)} ${title} (${seconds(tookMs)})\n`;
}

/** All that was done and seen on one platform. */
export function reportOf(steps: readonly Step[]): string {
  const head = `── ${steps[0]?.platform ?? ''} `;
  const parts = steps.map(({ number, title, lines, fault }) =>
    [`${number}. ${title}`, ...lines, ...(fault === undefined ? [] : [`         ✗ ${fault}`])].join('\n'),
  );
  return `\n${head}${'─'.repeat(Math.max(0, WIDTH - head.length))}\n${parts.join('\n\n')}\n`;
}

/** The last word; with a fault, which step of which platform it is in. */
export function verdictOf(steps: readonly Step[]): { readonly text: string; readonly code: 0 | 1 } {
  const faults = steps.filter(({ fault }) => fault !== undefined);
  if (faults.length === 0) {
    const platforms = new Set(steps.map(({ platform }) => platform)).size;
    const text = `All ${steps.length} steps on ${platforms} platforms went as they should: nothing lost, nothing doubled, nothing cut.\n`;
    return { text, code: 0 };
  }
  const lines = faults.map(({ platform, number, title, fault }) => `${platform}, step ${number} (${title}): ${fault}`);
  return { text: `THE DEMO FAILED\n${lines.map((line) => `  ${line}\n`).join('')}`, code: 1 };
}
