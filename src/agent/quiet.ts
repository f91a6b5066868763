import type { Policy } from '../model/policy.ts';

/** Whether a moment lies in the quiet hours, which may go over midnight. Pure. */
export function isQuiet(quiet: Policy['quiet'], at: Date): boolean {
  if (quiet === null) return false;
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: quiet.timeZone, hour: '2-digit', minute: '2-digit' });
  const time = clock.format(at);
  const { from, to } = quiet;
  return from <= to ? from <= time && time < to : time >= from || time < to;
}
