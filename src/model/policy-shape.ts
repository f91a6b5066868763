import { z } from 'zod';
import { PLATFORMS } from './platform.ts';
import { isTimeZone } from './time-zone.ts';

/** Ids of people, bots and places in one list, at most. */
const MOST_IDS = 1_000;

const id = z.string().min(1).max(200);
const ids = z.array(id).max(MOST_IDS);
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, as 22:00');
const zone = z.string().refine(isTimeZone, 'must be a time zone, as Europe/Vienna');

const toolNames = z
  .array(z.string().regex(/^[a-z0-9_*]{1,64}$/, 'must be a tool’s name; * stands for any characters'))
  .max(200);
const names = z.array(z.string().min(1).max(80)).max(200);
const sign = z.string().max(40).default('');

const rate = z.strictObject({
  most: z.int().min(1).max(100_000),
  perMinutes: z.number().positive().max(44_640),
  burst: z.int().min(1).max(100_000).optional(),
});

const policy = {
  halt: z.boolean(),
  answer: z.enum(['mention', 'follow-ups', 'questions', 'all']),
  overlap: z.enum(['queue', 'merge', 'steer', 'interrupt']),
  edits: z.enum(['answer-again', 'keep']),
  people: z.strictObject({ allow: ids.default([]), deny: ids.default([]) }),
  bots: ids,
  loops: z.strictObject({
    inARow: z.int().min(0).max(100).default(5),
    perBot: z.int().min(1).max(1_000).default(20),
    perMinute: z.int().min(1).max(1_000).default(10),
  }),
  // Null says that there is none here, whatever a wider place says.
  handOver: z.union([z.strictObject({ channel: id }), z.strictObject({ person: id })]).nullable(),
  quiet: z.strictObject({ from: time, to: time, timeZone: zone }).nullable(),
  reactions: z.record(z.string().min(1).max(40), z.enum(['stop', 'again', 'good', 'bad'])),
  signs: z.strictObject({ seen: sign, done: sign, failed: sign }),
  links: z
    .array(z.string().regex(/^(\*|[a-z0-9-]+(\.[a-z0-9-]+)*)$/, 'must be a host, as docs.example.com, or *'))
    .max(200),
  calls: z.enum(['nobody', 'asker']),
  control: z.enum(['asker', 'anyone']),
  buttons: z.enum(['when-needed', 'always', 'never']),
  cache: z.strictObject({ minutes: z.int().min(0).max(43_200).default(0) }),
  memory: z.strictObject({ vectors: z.boolean().default(false) }),
  spend: z
    .strictObject({ perAnswer: z.number().positive().max(10_000).optional() })
    .transform(({ perAnswer }) => ({ perAnswer })),
  limits: z
    .strictObject({
      person: rate.optional(),
      people: z.record(z.string().min(1).max(200), rate).default({}),
      channel: rate.optional(),
      organization: rate.optional(),
    })
    .transform(({ person, people, channel, organization }) => ({ person, people, channel, organization })),
  models: z.strictObject({
    prefer: z.enum(['order', 'cost', 'latency', 'quality']).default('order'),
    only: names.default([]),
    regions: names.default([]),
    retention: z.enum(['none', 'kept', 'trains']).default('trains'),
    seconds: z.int().min(1).max(7_200).default(7_200),
  }),
  tools: z
    .strictObject({
      allow: toolNames.default(['*']),
      trust: toolNames.default([]),
      by: z.enum(['asker', 'anyone', 'people']).default('asker'),
      people: ids.default([]),
      yes: z.int().min(1).max(10).default(1),
      minutes: z.int().min(1).max(10_080).default(30),
    })
    .refine(({ by, people, yes }) => by !== 'people' || people.length >= yes, {
      message: 'fewer people than have to say yes: name more in `people`, or lower `yes`',
    })
    .refine(({ by, yes }) => by !== 'asker' || yes === 1, {
      message: 'who asked is one person: with `by: asker`, `yes` is 1',
    }),
};

/** A layer of the policy, as an admin writes it: what is left out comes from the layer above. */
export const policyShape = z.strictObject(policy).partial();

/** The policy of one app, or (with an install, with a channel) of a narrower place. */
export const placeShape = z
  .strictObject({
    platform: z.enum(PLATFORMS),
    /** The platform's ids. */
    install: z.string().max(200).default(''),
    channel: z.string().max(200).default(''),
    ...z.strictObject(policy).partial().shape,
  })
  .refine(({ install, channel }) => channel === '' || install !== '', 'a channel needs its install');
