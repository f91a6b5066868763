import type { HistoryRange } from '../../src/model/adapter.ts';
import type { Message } from '../../src/model/message.ts';

export const isAfter = (message: Message | undefined, range: HistoryRange): boolean =>
  message === undefined || range.after === undefined || message.sentAt >= range.after;

/** The newest of them that are asked for, oldest first. */
export function cut(messages: readonly Message[], range: HistoryRange): readonly Message[] {
  const wanted = messages.filter((message) => isAfter(message, range));
  return wanted.slice(Math.max(0, wanted.length - range.most));
}
