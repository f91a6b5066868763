/** What may be spent, by whom or where, in which time. */
export type Budget = {
  readonly id: string;
  readonly scope: 'organization' | 'install' | 'channel' | 'person';
  /** Undefined, and empty: any. The platform's ids. */
  readonly app: string | undefined;
  readonly install: string;
  readonly channel: string;
  /** `*`: each person by themselves. */
  readonly person: string;
  readonly every: 'day' | 'month' | 'total';
  /** By whose clocks a day or month begins: IANA. */
  readonly timeZone: string;
  /** US dollars. */
  readonly dollars: number;
};

/** Where and by whom money is spent. The platform's ids. */
export type Spot = {
  readonly app: string;
  readonly install: string;
  readonly channel: string;
  readonly person: string;
};

/** One of the budgets that a call counts against. */
export type Slot = {
  readonly budget: string;
  /** Whose it is, where each person has one by themselves. */
  readonly subject: string;
};

/** Per cent of a budget at which somebody is told. */
export const MARKS = [50, 80, 100] as const;

const WIDTH: Readonly<Record<Budget['scope'], number>> = { person: 0, channel: 1, install: 2, organization: 3 };

/** The budgets that count in a spot, the narrowest first. Pure. */
export function budgetsOf(budgets: readonly Budget[], spot: Spot): readonly (Budget & Slot)[] {
  return budgets
    .filter(
      ({ app, install, channel, person }) =>
        (app === undefined || app === spot.app) &&
        (install === '' || install === spot.install) &&
        (channel === '' || channel === spot.channel) &&
        (person === '' || person === '*' || person === spot.person),
    )
    .map((budget) => ({ ...budget, budget: budget.id, subject: subjectOf(budget, spot) }))
    .toSorted((one, other) => WIDTH[one.scope] - WIDTH[other.scope]);
}

const subjectOf = ({ person }: Budget, spot: Spot): string => (person === '*' ? `${spot.app}/${spot.person}` : '');

const WHOSE: Readonly<Record<Budget['scope'], string>> = {
  organization: 'This organization’s budget',
  install: 'This workspace’s budget',
  channel: 'This channel’s budget',
  person: 'Your budget',
};
const WHEN: Readonly<Record<Budget['every'], string>> = { day: ' for today', month: ' for this month', total: '' };

/** As the beginning of a sentence: `This channel’s budget for today`. Pure. */
export const nameOf = ({ scope, every }: Pick<Budget, 'scope' | 'every'>): string => `${WHOSE[scope]}${WHEN[every]}`;

/** Cents, and of less than ten of them two digits that matter. Pure. */
export function inDollars(amount: number): string {
  const digits = amount > 0 && amount < 0.1 ? Math.min(12, 1 - Math.floor(Math.log10(amount))) : 2;
  return `$${amount.toFixed(digits)}`;
}

/** `at 00:00 Europe/Vienna`, or with the date where it is not the next day. Pure. */
export function inWords(moment: Date, { every, timeZone }: Pick<Budget, 'every' | 'timeZone'>): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(every === 'day' ? {} : { day: 'numeric', month: 'long', year: 'numeric' }),
  });
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const date = every === 'day' ? '' : `on ${parts.get('day')} ${parts.get('month')} ${parts.get('year')} `;
  return `${date}at ${parts.get('hour')}:${parts.get('minute')} ${timeZone}`;
}
