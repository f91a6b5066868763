/** `most` calls in every window of so many milliseconds, per bot and conversation. */
export type Window = { readonly most: number; readonly withinMs: number };

/** docs: Optimize your bot with rate limiting, "Per bot per thread limit": sending and changing activities. */
const REAL: readonly Window[] = [
  { most: 7, withinMs: 1_000 },
  { most: 8, withinMs: 2_000 },
  { most: 60, withinMs: 30_000 },
  { most: 1_800, withinMs: 3_600_000 },
];

/** docs: Message Reactions, "Rate Limits": two a second for one bot. */
const REACTIONS: readonly Window[] = [{ most: 2, withinMs: 1_000 }];

export type LimitSetting = 'off' | 'real' | readonly Window[];

export type Limits = {
  /** Milliseconds to wait when the conversation is over a limit; undefined: the call may go on, and is counted. */
  readonly take: (conversation: string) => number | undefined;
};

export const openReactionLimits = (setting: LimitSetting): Limits =>
  openLimits(setting === 'real' ? REACTIONS : setting);

export function openLimits(setting: LimitSetting): Limits {
  if (setting === 'off') return { take: () => undefined };
  const windows = setting === 'real' ? REAL : setting;
  const longestMs = Math.max(0, ...windows.map(({ withinMs }) => withinMs));
  const taken = new Map<string, number[]>();
  return {
    take(conversation) {
      const now = performance.now();
      const times = (taken.get(conversation) ?? []).filter((at) => at > now - longestMs);
      const waits = windows.map(({ most, withinMs }) => {
        const first = times.at(-most);
        return first === undefined || first <= now - withinMs ? 0 : Math.ceil(first + withinMs - now);
      });
      const wait = Math.max(0, ...waits);
      if (wait === 0) times.push(now);
      taken.set(conversation, times);
      return wait === 0 ? undefined : wait;
    },
  };
}
