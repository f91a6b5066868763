import type { Transaction } from './database.ts';

/** All that is known of one conversation, for people who look into it. Times are ISO. */
export type Conversation = {
  readonly id: string;
  readonly app: string;
  readonly platform: string;
  /** The platform's ids. */
  readonly install: string;
  readonly installName: string | null;
  readonly channel: string;
  readonly thread: string;
  readonly activeAt: string;
  readonly createdAt: string;
  readonly messages: readonly SeenMessage[];
  readonly turns: readonly SeenTurn[];
};

export type SeenMessage = {
  readonly id: string;
  readonly externalId: string;
  readonly authorId: string;
  readonly author: string;
  readonly authorKind: string;
  readonly text: string;
  readonly files: number;
  readonly why: string;
  readonly command: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly turn: string | null;
  readonly correlation: string;
  readonly deliveries: readonly string[];
  readonly sentAt: string;
  readonly receivedAt: string;
};

export type SeenTurn = {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly failures: number;
  readonly crashes: number;
  readonly template: string | null;
  readonly answer: string | null;
  readonly stoppedBy: string | null;
  readonly error: string | null;
  /** Not before then it goes on. */
  readonly retryAt: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly steps: readonly SeenStep[];
  readonly posts: readonly SeenPost[];
  readonly approvals: readonly SeenApproval[];
  readonly feedback: readonly { readonly person: string; readonly verdict: string; readonly comment: string | null }[];
};

export type SeenStep = {
  readonly seq: number;
  readonly kind: 'model' | 'tool';
  readonly state: string;
  readonly provider: string;
  readonly model: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly route: unknown;
  readonly usage: unknown;
  /** US dollars; null: not known. */
  readonly cost: number | null;
  readonly error: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
};

export type SeenPost = {
  readonly id: string;
  readonly ordinal: number;
  readonly state: string;
  readonly externalId: string | null;
  readonly attempts: number;
  readonly error: string | null;
  readonly attemptedAt: string;
  readonly sentAt: string | null;
};

export type SeenApproval = {
  readonly id: string;
  readonly seq: number;
  readonly kind: 'may' | 'was';
  readonly state: string;
  readonly people: readonly string[] | null;
  readonly yes: number;
  readonly verdicts: unknown;
  readonly askedAt: string;
  readonly expiresAt: string;
};

/** The newest of a conversation that are read. */
const MOST_MESSAGES = 200;
const MOST_TURNS = 100;

/** @returns undefined: there is none of this id in the organization. */
export async function readConversation(tx: Transaction, id: string): Promise<Conversation | undefined> {
  const [thread] = await tx<Omit<Conversation, 'messages' | 'turns'>[]>`
    select t.id, i.app_id as app, a.platform, i.external_id as install, i.name as "installName", t.channel, t.external_id as thread,
      to_json(t.active_at)#>>'{}' as "activeAt", to_json(t.created_at)#>>'{}' as "createdAt"
    from switchboard.threads t
    join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
    join switchboard.apps a on a.organization_id = t.organization_id and a.id = i.app_id
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = ${id}`;
  if (thread === undefined) return undefined;
  const [messages, turns] = await Promise.all([readMessages(tx, id), readTurns(tx, id)]);
  return { ...thread, messages: messages.toReversed(), turns: turns.toReversed() };
}

function readMessages(tx: Transaction, thread: string): Promise<readonly SeenMessage[]> {
  return tx<SeenMessage[]>`
    select id, external_id as "externalId", author_id as "authorId", author_name as author, author_kind as "authorKind", text,
      jsonb_array_length(attachments) as files, why, command->>'name' as command, state, reason, turn_id as turn, correlation, delivery_ids as deliveries,
      to_json(sent_at)#>>'{}' as "sentAt", to_json(received_at)#>>'{}' as "receivedAt"
    from switchboard.messages where organization_id = current_setting('switchboard.organization')::uuid and thread_id = ${thread}
    order by sent_at desc limit ${MOST_MESSAGES}`;
}

/** Each with its steps, posts, questions and opinions, in the order in which they came. */
function readTurns(tx: Transaction, thread: string): Promise<readonly SeenTurn[]> {
  return tx<SeenTurn[]>`
    select t.id, t.state, t.attempts, t.failures, t.crashes, t.template, t.answer, t.stopped_by as "stoppedBy", t.error,
      to_json(t.retry_at)#>>'{}' as "retryAt", to_json(t.started_at)#>>'{}' as "startedAt", to_json(t.ended_at)#>>'{}' as "endedAt",
      coalesce((select json_agg(json_build_object('seq', s.seq, 'kind', s.kind, 'state', s.state, 'provider', s.provider, 'model', s.model,
          'input', s.input, 'output', s.output, 'route', s.route, 'usage', s.usage, 'cost', s.cost_usd, 'error', s.error,
          'startedAt', s.started_at, 'endedAt', s.ended_at) order by s.seq)
        from switchboard.steps s where s.organization_id = t.organization_id and s.turn_id = t.id), '[]') as steps,
      coalesce((select json_agg(json_build_object('id', p.id, 'ordinal', p.ordinal, 'state', p.state, 'externalId', p.external_id,
          'attempts', p.attempts, 'error', p.error, 'attemptedAt', p.attempted_at, 'sentAt', p.sent_at) order by p.ordinal)
        from switchboard.posts p where p.organization_id = t.organization_id and p.turn_id = t.id), '[]') as posts,
      coalesce((select json_agg(json_build_object('id', a.id, 'seq', a.seq, 'kind', a.kind, 'state', a.state, 'people', a.people, 'yes', a.yes,
          'verdicts', a.verdicts, 'askedAt', a.asked_at, 'expiresAt', a.expires_at) order by a.asked_at)
        from switchboard.approvals a where a.organization_id = t.organization_id and a.turn_id = t.id), '[]') as approvals,
      coalesce((select json_agg(json_build_object('person', f.person, 'verdict', f.verdict, 'comment', f.comment) order by f.given_at)
        from switchboard.feedback f where f.organization_id = t.organization_id and f.turn_id = t.id), '[]') as feedback
    from switchboard.turns t
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.thread_id = ${thread}
    order by t.started_at desc limit ${MOST_TURNS}`;
}
