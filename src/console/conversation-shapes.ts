import { z } from 'zod';

const Time = z.string();

/** A conversation in a list. Texts are null unless they were asked for. */
export const Listed = z.object({
  id: z.string(),
  app: z.string(),
  platform: z.string(),
  install: z.string(),
  installName: z.string().nullable(),
  channel: z.string(),
  thread: z.string(),
  activeAt: Time,
  createdAt: Time,
  last: z
    .object({
      author: z.string(),
      text: z.string().nullable(),
      state: z.string(),
      reason: z.string().nullable(),
      at: Time,
    })
    .nullable(),
  turn: z.object({ id: z.string(), state: z.string(), error: z.string().nullable() }).nullable(),
});

const Message = z.object({
  id: z.string(),
  externalId: z.string(),
  authorId: z.string(),
  author: z.string(),
  authorKind: z.string(),
  text: z.string().nullable(),
  /** Characters. */
  length: z.number(),
  files: z.number(),
  why: z.string(),
  command: z.string().nullable(),
  state: z.string(),
  reason: z.string().nullable(),
  turn: z.string().nullable(),
  correlation: z.string(),
  deliveries: z.array(z.string()),
  sentAt: Time,
  receivedAt: Time,
});

const Step = z.object({
  seq: z.number(),
  kind: z.enum(['model', 'tool']),
  state: z.string(),
  provider: z.string(),
  model: z.string(),
  /** What was said, called and returned: null unless it was asked for. */
  input: z.unknown(),
  output: z.unknown(),
  /** Which models were considered, and why one was chosen. */
  route: z.unknown(),
  usage: z.unknown(),
  /** US dollars; null: not known. */
  cost: z.number().nullable(),
  error: z.string().nullable(),
  startedAt: Time,
  endedAt: Time.nullable(),
});

const Post = z.object({
  id: z.string(),
  ordinal: z.number(),
  state: z.string(),
  externalId: z.string().nullable(),
  attempts: z.number(),
  error: z.string().nullable(),
  attemptedAt: Time,
  sentAt: Time.nullable(),
});

const Approval = z.object({
  id: z.string(),
  seq: z.number(),
  kind: z.enum(['may', 'was']),
  state: z.string(),
  people: z.array(z.string()).nullable(),
  yes: z.number(),
  verdicts: z.unknown(),
  askedAt: Time,
  expiresAt: Time,
});

const Turn = z.object({
  id: z.string(),
  state: z.string(),
  attempts: z.number(),
  failures: z.number(),
  crashes: z.number(),
  template: z.string().nullable(),
  answer: z.string().nullable(),
  /** Characters; null: there is no answer yet. */
  length: z.number().nullable(),
  stoppedBy: z.string().nullable(),
  error: z.string().nullable(),
  retryAt: Time.nullable(),
  startedAt: Time,
  endedAt: Time.nullable(),
  steps: z.array(Step),
  posts: z.array(Post),
  approvals: z.array(Approval),
  feedback: z.array(z.object({ person: z.string(), verdict: z.string(), comment: z.string().nullable() })),
});

/** One conversation, whole. */
export const Whole = Listed.omit({ last: true, turn: true }).extend({
  /** Whether texts are shown. */
  revealed: z.boolean(),
  messages: z.array(Message),
  turns: z.array(Turn),
});
