import type { Tone } from './status.tsx';

/** What a state of a message, turn, step or post is worth, and how it is said. */
const STATES: Readonly<Record<string, readonly [tone: Tone, word: string]>> = {
  answered: ['ok', 'Answered'],
  sent: ['ok', 'Posted'],
  done: ['ok', 'Done'],
  active: ['ok', 'Active'],
  allowed: ['ok', 'Allowed'],
  running: ['warn', 'Being answered'],
  waiting: ['warn', 'Waiting'],
  attempting: ['warn', 'Being posted'],
  'rate-limited': ['warn', 'Waits for the limit'],
  unknown: ['warn', 'In doubt'],
  asked: ['warn', 'Asked'],
  paused: ['warn', 'Paused'],
  ignored: ['idle', 'Not answered'],
  closed: ['idle', 'Closed'],
  dead: ['bad', 'Given up'],
  failed: ['bad', 'Failed'],
  denied: ['bad', 'Denied'],
};

/** Pure. */
export const stateOf = (state: string): readonly [tone: Tone, word: string] =>
  STATES[state] ?? ['idle', state.charAt(0).toUpperCase() + state.slice(1)];

/** As `GitHub`. Pure. */
export const platformName = (platform: string): string =>
  platform === 'github' ? 'GitHub' : platform.charAt(0).toUpperCase() + platform.slice(1);

export const PLATFORMS = ['slack', 'discord', 'teams', 'github', 'web'] as const;

/** One of those; '': none. Pure. */
export const platformOf = (name: string) => PLATFORMS.find((platform) => platform === name) ?? '';
