import type { Field } from './kinds.ts';

/** Where somebody is who sets hours. */
const zoneHere = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const ANSWERING: readonly Field[] = [
  {
    name: 'halt',
    title: 'Halt',
    about: 'Nothing is answered at all, not even commands.',
    kind: 'switch',
    on: 'Answer nothing',
  },
  {
    name: 'answer',
    title: 'When to answer',
    about: 'Beside mentions, direct messages, reviews and commands.',
    kind: 'select',
    choices: [
      ['mention', 'Nothing else'],
      ['follow-ups', 'What follows where it takes part'],
      ['questions', 'Also what looks like a question'],
      ['all', 'Everything'],
    ],
  },
  {
    name: 'overlap',
    title: 'Messages while it answers',
    about: 'What becomes of messages that come while an answer is written.',
    kind: 'select',
    choices: [
      ['queue', 'Each gets its turn, one after the other'],
      ['merge', 'All are answered together afterwards'],
      ['steer', 'The running answer takes them in'],
      ['interrupt', 'The running answer stops for them'],
    ],
  },
  {
    name: 'edits',
    title: 'Questions edited later',
    about: 'What becomes of an answer whose question is edited.',
    kind: 'select',
    choices: [
      ['answer-again', 'It is answered again'],
      ['keep', 'The answer stays'],
    ],
  },
  {
    name: 'quiet',
    title: 'Quiet hours',
    about: 'Only commands are obeyed then.',
    kind: 'group',
    begin: () => ({ from: '22:00', to: '07:00', timeZone: zoneHere() }),
    parts: [
      { name: 'from', title: 'From', kind: 'time' },
      { name: 'to', title: 'To', kind: 'time' },
      { name: 'timeZone', title: 'Time zone', kind: 'zone' },
    ],
  },
];

const WHO: readonly Field[] = [
  {
    name: 'people',
    title: 'People',
    about: 'Who is answered. With anybody in the first list, only those are.',
    kind: 'group',
    parts: [
      { name: 'allow', title: 'Only these', kind: 'list', of: 'ids of the platform, one a line' },
      { name: 'deny', title: 'Never these', kind: 'list', of: 'ids of the platform, one a line' },
    ],
  },
  {
    name: 'bots',
    title: 'Other bots',
    about: 'Those that are answered; * for all.',
    kind: 'list',
    of: 'ids of the platform, one a line',
  },
  {
    name: 'loops',
    title: 'Loops of bots',
    about: 'What ends a conversation of programs: each limit alone.',
    kind: 'group',
    parts: [
      { name: 'inARow', title: 'Answers in a row', kind: 'number', min: 0, max: 100 },
      { name: 'perBot', title: 'To one bot in ten minutes', kind: 'number', min: 1, max: 1_000 },
      { name: 'perMinute', title: 'To all bots in a minute', kind: 'number', min: 1, max: 1_000 },
    ],
  },
  {
    name: 'control',
    title: 'Stop and again',
    about: 'Who may stop an answer, or have it again.',
    kind: 'select',
    choices: [
      ['asker', 'Who asked'],
      ['anyone', 'Anybody there'],
    ],
  },
  {
    name: 'calls',
    title: 'Calls by name',
    about: 'Whom an answer may notify.',
    kind: 'select',
    choices: [
      ['nobody', 'Nobody'],
      ['asker', 'Who asked'],
    ],
  },
  { name: 'handOver', title: 'Hand over', about: 'Who is told where a person is wanted.', kind: 'recipient' },
];

const SIGNS: readonly Field[] = [
  {
    name: 'reactions',
    title: 'Reactions',
    about: 'What an emoji of a person asks for.',
    kind: 'emojis',
    meanings: [
      ['good', 'It was good'],
      ['bad', 'It was bad'],
      ['again', 'Answer again'],
      ['stop', 'Stop'],
    ],
  },
  {
    name: 'signs',
    title: 'Signs',
    about: 'Reactions of the bot to a question; empty: none.',
    kind: 'group',
    parts: [
      { name: 'seen', title: 'Seen', kind: 'text' },
      { name: 'done', title: 'Done', kind: 'text' },
      { name: 'failed', title: 'Failed', kind: 'text' },
    ],
  },
  {
    name: 'buttons',
    title: 'Buttons',
    about: 'Below answers.',
    kind: 'select',
    choices: [
      ['when-needed', 'Where something went wrong'],
      ['always', 'Below each answer'],
      ['never', 'Never'],
    ],
  },
  {
    name: 'links',
    title: 'Links',
    about: 'Hosts that an answer may link to after something external was read; * for any.',
    kind: 'list',
    of: 'as docs.example.com, one a line',
  },
];

const MEANS: readonly Field[] = [
  {
    name: 'tools',
    title: 'Tools',
    about: 'What may be done, and who is asked before.',
    kind: 'group',
    parts: [
      { name: 'allow', title: 'Allowed', kind: 'list', of: 'names, one a line; * stands for any characters' },
      { name: 'trust', title: 'Done without asking', kind: 'list', of: 'names, one a line' },
      {
        name: 'by',
        title: 'Who is asked',
        kind: 'select',
        choices: [
          ['asker', 'Who asked'],
          ['anyone', 'Anybody there'],
          ['people', 'These people'],
        ],
      },
      { name: 'people', title: 'These people', kind: 'list', of: 'ids of the platform, one a line' },
      { name: 'yes', title: 'People who have to say yes', kind: 'number', min: 1, max: 10 },
      { name: 'minutes', title: 'It waits for', kind: 'number', min: 1, max: 10_080, unit: 'minutes' },
    ],
  },
  {
    name: 'models',
    title: 'Models',
    about: 'Which of them answer here, and what decides.',
    kind: 'group',
    parts: [
      {
        name: 'prefer',
        title: 'What decides',
        kind: 'select',
        choices: [
          ['order', 'Their order'],
          ['cost', 'The price'],
          ['latency', 'The time to the first word'],
          ['quality', 'The quality'],
        ],
      },
      { name: 'only', title: 'Only these', kind: 'list', of: 'names, one a line' },
      { name: 'regions', title: 'Only in these regions', kind: 'list', of: 'one a line' },
      {
        name: 'retention',
        title: 'The worst that may become of what they are sent',
        kind: 'select',
        choices: [
          ['none', 'Nothing is kept'],
          ['kept', 'It is kept for a while'],
          ['trains', 'It may be trained on'],
        ],
      },
      { name: 'seconds', title: 'One call takes at most', kind: 'number', min: 1, max: 7_200, unit: 'seconds' },
    ],
  },
  {
    name: 'memory',
    title: 'Memory',
    about: 'Whether what was said is found by its meaning; all of it is sent to a model for that.',
    kind: 'group',
    parts: [{ name: 'vectors', title: 'By meaning', kind: 'switch', on: 'Find by meaning' }],
  },
];

const MONEY: readonly Field[] = [
  {
    name: 'cache',
    title: 'Repeated questions',
    about: 'So long the same answer is given again to the very same question.',
    kind: 'group',
    parts: [{ name: 'minutes', title: 'Given again for', kind: 'number', min: 0, max: 43_200, unit: 'minutes' }],
  },
  {
    name: 'spend',
    title: 'Spend',
    about: 'What one answer may cost; empty: what the budgets allow.',
    kind: 'group',
    parts: [
      {
        name: 'perAnswer',
        title: 'One answer',
        kind: 'number',
        min: 0,
        max: 10_000,
        unit: 'US dollars',
        optional: true,
      },
    ],
  },
  {
    name: 'limits',
    title: 'Limits',
    about: 'How often a model is asked: every limit that is set has to have room.',
    kind: 'group',
    parts: [
      { name: 'person', title: 'Each person', kind: 'rate' },
      { name: 'people', title: 'Certain people', kind: 'rates' },
      { name: 'channel', title: 'Each channel', kind: 'rate' },
      { name: 'organization', title: 'The organization', kind: 'rate' },
    ],
  },
];

/** Every key of a policy, in the order of the page. */
export const FIELDS: readonly Field[] = [...ANSWERING, ...WHO, ...SIGNS, ...MEANS, ...MONEY];
