import { useSyncExternalStore } from 'react';

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const EXACT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long' });
const EVERY_MS = 20_000;

/** As `3 minutes ago`. Pure. @param at milliseconds */
export function ago(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  for (const [unit, length] of UNITS)
    if (Math.abs(seconds) >= length) return RELATIVE.format(Math.trunc(seconds / length), unit);
  // The clock of a page goes in steps: what is less than one ahead of it has been.
  return seconds * 1000 > EVERY_MS ? 'in a moment' : 'just now';
}

const tick = (changed: () => void): (() => void) => {
  const timer = setInterval(changed, EVERY_MS);
  return () => clearInterval(timer);
};
const slowly = (): number => Math.floor(Date.now() / EVERY_MS) * EVERY_MS;

/** When something was, roughly; exactly when pointed at. */
export function When(props: { readonly at: string }) {
  const now = useSyncExternalStore(tick, slowly);
  const at = new Date(props.at);
  if (Number.isNaN(at.getTime())) return <span>{props.at}</span>;
  return (
    <time dateTime={at.toISOString()} title={EXACT.format(at)}>
      {ago(at.getTime(), now)}
    </time>
  );
}
