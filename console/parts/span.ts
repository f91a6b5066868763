/** The time between two moments, as `1.2 s`. Pure. @param to null: it still runs */
export function span(from: string, to: string | null): string {
  if (to === null) return 'still running';
  const ms = Math.max(0, Date.parse(to) - Date.parse(from));
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** US dollars, with as many digits as make sense of little ones. Pure. */
export function dollars(amount: number): string {
  if (amount === 0) return '$0';
  return `$${amount < 0.01 ? amount.toPrecision(2) : amount.toFixed(amount < 1 ? 4 : 2)}`;
}

const NUMBER = new Intl.NumberFormat('en');
export const count = (value: number): string => NUMBER.format(value);
