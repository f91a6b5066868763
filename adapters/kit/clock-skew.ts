import type { Finding } from '../../src/model/connect.ts';

/** Seconds by which clocks may differ: signatures of most platforms are good for five minutes. */
const MOST_S = 60;

/** How far our clock is from the one of whoever answered, by the answer's `Date`. */
export function checkClock(headers: Headers, now = Date.now()): Finding {
  const said = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(said)) return { check: 'clock', state: 'unknown', says: 'the answer does not say what time it is' };
  // Dates in headers have whole seconds.
  const away = Math.round((now - said) / 1000);
  const says = `this machine’s clock is ${Math.abs(away)} s ${away < 0 ? 'behind' : 'ahead'}`;
  if (Math.abs(away) <= MOST_S) return { check: 'clock', state: 'ok', says };
  return {
    check: 'clock',
    state: 'failed',
    says,
    fix: 'Set the clock of this machine by NTP (timedatectl set-ntp true).',
  };
}
