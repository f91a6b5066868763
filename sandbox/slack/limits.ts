/** Calls a minute per method; docs: Rate limits, tiers 1 to 4 (1+, 20+, 50+, 100+). */
const TIERS: Readonly<Record<string, number>> = {
  'chat.update': 50,
  'chat.delete': 50,
  'chat.startStream': 20,
  'chat.stopStream': 20,
  'chat.appendStream': 100,
  'conversations.replies': 50,
  'conversations.history': 50,
  'conversations.info': 50,
  'users.conversations': 50,
  'users.info': 100,
  'reactions.add': 50,
  'reactions.remove': 20,
  'files.info': 100,
  'views.open': 100,
  'chat.postEphemeral': 100,
  'conversations.open': 50,
  'files.getUploadURLExternal': 100,
  'files.completeUploadExternal': 100,
};

/** `real`: Slack's tiers, and one post a second and channel. A table sets other numbers of calls a minute. */
export type LimitSetting = 'off' | 'real' | Readonly<Record<string, number>>;

export type Limits = {
  /** Milliseconds to wait when the call is over its limit; undefined: it may go on, and is counted. */
  readonly take: (method: string, channel: string) => number | undefined;
};

const MINUTE = 60_000;

/** docs: Rate limits, "non-Marketplace apps". */
const RESTRICTED = new Set(['conversations.history', 'conversations.replies']);

export function openLimits(setting: LimitSetting, onePageEveryMs?: number): Limits {
  if (setting === 'off' && onePageEveryMs === undefined) return { take: () => undefined };
  const table = setting === 'real' ? TIERS : setting === 'off' ? {} : setting;
  const taken = new Map<string, number[]>();
  const within = (key: string, most: number, windowMs: number): number | undefined => {
    const now = performance.now();
    const times = (taken.get(key) ?? []).filter((at) => at > now - windowMs);
    const [first] = times;
    if (times.length >= most && first !== undefined) return Math.ceil(first + windowMs - now);
    taken.set(key, [...times, now]);
    return undefined;
  };
  return {
    take(method, channel) {
      if (onePageEveryMs !== undefined && RESTRICTED.has(method)) return within(method, 1, onePageEveryMs);
      if (setting === 'real' && method === 'chat.postMessage') return within(`${method}/${channel}`, 1, 1000);
      const most = table[method];
      return most === undefined ? undefined : within(method, most, MINUTE);
    },
  };
}
