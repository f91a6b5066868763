import type { HubProcess } from './hub-process.ts';
import type { Outcome } from './watch.ts';

/** The top of the transcript: what was started, and what the hub said of itself. */
export function headOf(hub: HubProcess, startedInMs: number): string {
  return `Started PostgreSQL, the stand-ins and the hub in ${seconds(startedInMs)}.\n\n${hub.introduction.trimEnd()}\n`;
}

const TITLES: Readonly<Record<string, string>> = {
  slack: 'Slack',
  discord: 'Discord',
  teams: 'Teams',
  github: 'GitHub',
};

/** A mark that people do not see: how our own comments are found again. */
const HIDDEN = /\s*<!--[^]*?-->/g;

/** What was asked, what was answered, how long it took, and the calls that were made for it. */
export function reportOf(outcome: Outcome): string {
  const title = `── ${TITLES[outcome.platform] ?? outcome.platform} `;
  const times = [
    outcome.acknowledgedMs === undefined ? 'over the socket' : `acknowledged in ${millis(outcome.acknowledgedMs)}`,
    `first word ${seconds(outcome.firstWordMs)}`,
    `whole answer ${seconds(outcome.wholeMs)}`,
  ];
  const calls = [...outcome.calls].map(([call, count]) => (count > 1 ? `${call} ×${count}` : call));
  const said = outcome.answer.map((message) => `${message.author}: ${message.text.replaceAll(HIDDEN, '')}`).join('\n');
  return [
    `\n${title}${'─'.repeat(Math.max(0, 72 - title.length))}`,
    `person: ${outcome.question}`,
    indent(said === '' ? '(nothing)' : said),
    times.join(' · '),
    `calls: ${calls.join(', ')}`,
    '',
  ].join('\n');
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? 'never' : `${(ms / 1000).toFixed(2)} s`;
}

function millis(ms: number): string {
  return `${ms.toFixed(0)} ms`;
}
