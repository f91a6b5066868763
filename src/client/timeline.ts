import type { z } from 'zod';
import type { Whole } from '../console/conversation-shapes.ts';
import { safe } from './table.ts';

/** A conversation as lines in the order of time. Pure. */
export function timeline({ platform, channel, thread, messages, turns }: z.infer<typeof Whole>): string {
  const lines = [
    ...messages.map((message): readonly [string, string] => [
      message.receivedAt,
      `received from ${message.author} (${message.why}): ${message.state}${because(message.reason)}${quoted(message.text)}`,
    ]),
    ...turns.flatMap((turn): (readonly [string, string])[] => [
      [turn.startedAt, `turn began (attempts ${turn.attempts}, crashes ${turn.crashes})`],
      ...turn.steps.map((step): readonly [string, string] => [
        step.startedAt,
        `  ${step.kind} ${step.model}${step.provider === '' ? '' : ` by ${step.provider}`}: ${step.state}${spent(step)}${because(step.error)}`,
      ]),
      ...turn.posts.map((post): readonly [string, string] => [
        post.attemptedAt,
        `  post ${post.ordinal}: ${post.state} (attempts ${post.attempts})${because(post.error)}`,
      ]),
      ...(turn.endedAt === null
        ? []
        : [[turn.endedAt, `turn ended: ${turn.state}${because(turn.error)}${quoted(turn.answer)}`] as const]),
    ]),
  ];
  const sorted = lines.toSorted(([one], [other]) => Date.parse(one) - Date.parse(other));
  return [`${platform} ${channel} ${thread}`, ...sorted.map(([at, text]) => `${at.slice(0, 23)}  ${text}`), '']
    .map(safe)
    .join('\n');
}

const because = (reason: string | null): string => (reason === null || reason === '' ? '' : ` – ${reason}`);
const quoted = (text: string | null): string => (text === null ? '' : `: ${JSON.stringify(text)}`);

function spent({ cost, startedAt, endedAt }: z.infer<typeof Whole>['turns'][number]['steps'][number]): string {
  const ms = endedAt === null ? undefined : Date.parse(endedAt) - Date.parse(startedAt);
  return `${ms === undefined ? '' : ` in ${ms} ms`}${cost === null ? '' : `, $${cost}`}`;
}
