import { setTimeout as sleep } from 'node:timers/promises';
import type { Visible } from '../../sandbox/kit/stand-in.ts';
import { wordsIn, wordsWanted } from './answers.ts';
import { isTaken, PLATFORMS, type Question, type World } from './world.ts';

/** What a run came to, read from the platforms' own state and from the tables, not from what the hub says of itself. */
export type Verdict = {
  readonly events: number;
  readonly answered: number;
  readonly ignored: number;
  readonly dead: number;
  readonly lost: number;
  readonly doubled: number;
  readonly inverted: number;
  /** On Teams: posts that say only "…", left by an attempt whose outcome nobody can look up. */
  readonly placeholders: number;
  readonly problems: readonly string[];
};

/** How the tables have one question. */
type Row = {
  readonly token: string;
  readonly state: string;
  readonly reason: string | null;
  readonly receivedAt: number;
};

/** What people see of one question's answer. */
type Shown = { readonly indexes: number[]; readonly place: number; readonly posts: Set<string> };

/** Problems of one kind that are told in full. */
const TOLD = 5;

/** Reads everything and compares. Call it when nothing waits any more. */
export async function check(world: World): Promise<Verdict> {
  const rows = new Map((await readRows(world)).map((row) => [row.token, row]));
  const shown = readShown(world);
  const judged = world.questions.map((question) => ({
    question,
    ...judge(question, { rows, shown, excused: world.excused }),
  }));
  const inverted = countInverted(world.questions, rows, shown);
  const of = (kind: string) => judged.filter((one) => one.faults.some((fault) => fault.kind === kind)).length;
  const stateOf = (state: string) => judged.filter((one) => one.state === state).length;
  const told = judged.flatMap(({ question, faults }) =>
    faults.map((fault) => `${fault.kind}: ${question.platform} ${question.token} in ${question.thread}: ${fault.text}`),
  );
  const problems = [
    ...world.problems,
    ...told.slice(0, TOLD),
    ...(told.length > TOLD ? [`… and ${told.length - TOLD} more`] : []),
    ...inverted.slice(0, TOLD),
    ...(await leaks(world)),
    ...(await leftLocks(world)),
  ];
  return {
    events: world.questions.length + world.tally.extraEvents,
    answered: stateOf('answered'),
    ignored: stateOf('ignored'),
    dead: stateOf('dead'),
    lost: of('lost'),
    doubled: of('doubled'),
    inverted: inverted.length,
    placeholders: placeholdersLeft(world),
    problems,
  };
}

async function readRows({ sql }: World): Promise<readonly Row[]> {
  return sql<Row[]>`select substring(text from 'q[0-9]+z[0-9]+') as token, state, reason,
    extract(epoch from received_at)::float8 as "receivedAt"
    from switchboard.messages where author_kind = 'human' and text ~ 'q[0-9]+z[0-9]+'`;
}

const keyOf = (platform: string, thread: string, token: string): string => `${platform} ${thread} ${token}`;

function readShown(world: World): ReadonlyMap<string, Shown> {
  const shown = new Map<string, Shown>();
  for (const name of PLATFORMS) {
    let place = 0;
    for (const message of ours(world.platforms[name].visible())) {
      for (const { token, index } of wordsIn(message.text)) {
        const key = keyOf(name, message.thread, token);
        const one = shown.get(key) ?? { indexes: [], place: (place += 1), posts: new Set() };
        one.indexes.push(index);
        one.posts.add(message.id);
        shown.set(key, one);
      }
    }
  }
  return shown;
}

function ours(messages: readonly Visible[]): readonly Visible[] {
  return messages.filter((message) => message.fromBot);
}

type Fault = { readonly kind: 'lost' | 'doubled' | 'broken'; readonly text: string };
type Judged = { readonly state: string; readonly faults: readonly Fault[] };

type Evidence = {
  readonly rows: ReadonlyMap<string, Row>;
  readonly shown: ReadonlyMap<string, Shown>;
  readonly excused: ReadonlySet<string>;
};

function judge(question: Question, { rows, shown, excused }: Evidence): Judged {
  const row = rows.get(question.token);
  const seen = shown.get(keyOf(question.platform, question.thread, question.token));
  const indexes = seen?.indexes ?? [];
  const faults: Fault[] = [];
  if (new Set(indexes).size < indexes.length) faults.push({ kind: 'doubled', text: doubledText(question, seen) });
  if (row === undefined) {
    if (isAcknowledged(question)) faults.push({ kind: 'lost', text: 'acknowledged, and in no table' });
    return { state: 'refused', faults };
  }
  faults.push(...unfinished(row));
  const isExcused = excused.has(`${question.platform} ${question.thread}`);
  if (row.state === 'answered' && !isExcused) faults.push(...brokenness(question, indexes));
  return { state: row.state, faults };
}

function doubledText({ token }: Question, seen: Shown | undefined): string {
  const posts = [...(seen?.posts ?? [])].join(', ');
  return `${seen?.indexes.length ?? 0} words where there are ${wordsWanted(token)}, in the posts ${posts}`;
}

function unfinished({ state, reason }: Row): readonly Fault[] {
  if (state === 'waiting') return [{ kind: 'lost', text: 'it waits still' }];
  const closed = state === 'dead' || state === 'ignored';
  return closed && (reason ?? '') === '' ? [{ kind: 'lost', text: `${state} without a reason` }] : [];
}

function brokenness({ token }: Question, indexes: readonly number[]): readonly Fault[] {
  const wanted = wordsWanted(token);
  const unique = new Set(indexes);
  if (unique.size < wanted) return [{ kind: 'lost', text: `${unique.size} of ${wanted} words are visible` }];
  const inOrder = indexes.every((index, at) => at === 0 || index > (indexes[at - 1] ?? 0));
  return inOrder || unique.size < indexes.length ? [] : [{ kind: 'broken', text: 'its words are out of order' }];
}

/** A gateway's events have no acknowledgement: what was said while a session was there counts. */
function isAcknowledged({ platform, status }: Question): boolean {
  return platform === 'discord' || isTaken(status);
}

/**
 * Pairs of questions in one thread that were answered the other way round than they were both said and received. What
 * reached us late, by a retry of the platform's, may be answered late.
 */
function countInverted(
  questions: readonly Question[],
  rows: ReadonlyMap<string, Row>,
  shown: ReadonlyMap<string, Shown>,
): readonly string[] {
  const inverted: string[] = [];
  for (const [thread, group] of Map.groupBy(questions, ({ platform, thread }) => `${platform} ${thread}`)) {
    const placed = group.flatMap((question) => {
      const place = shown.get(keyOf(question.platform, question.thread, question.token))?.place;
      const receivedAt = rows.get(question.token)?.receivedAt;
      return place === undefined || receivedAt === undefined ? [] : [{ question, place, receivedAt }];
    });
    placed.sort((one, other) => one.question.number - other.question.number);
    for (const [at, one] of placed.entries()) {
      const next = placed[at + 1];
      if (next === undefined || one.place < next.place || one.receivedAt >= next.receivedAt) continue;
      inverted.push(`inverted: ${thread}: ${next.question.token} was answered before ${one.question.token}`);
    }
  }
  return inverted;
}

function placeholdersLeft({ platforms }: World): number {
  return ours(platforms.teams.visible()).filter((message) => /^\W*…\W*$/.test(message.text)).length;
}

/** Secrets in what processes printed, on their metrics pages, and in the columns where errors and reasons are kept. */
async function leaks(world: World): Promise<readonly string[]> {
  const pages = await Promise.all(world.running().map(({ url }) => metricsPage(url)));
  const [kept] = await world.sql<{ text: string | null }[]>`select string_agg(distinct note, E'\n') as text from (
    select reason as note from switchboard.messages union all select error from switchboard.turns
    union all select error from switchboard.posts union all select error from switchboard.steps
    union all select reason from switchboard.deliveries
    union all select last_error from graphile_worker._private_jobs) as notes`;
  const places = { 'the output': world.printed(), 'a metrics page': pages.join('\n'), 'a table': kept?.text ?? '' };
  return Object.entries(places).flatMap(([place, text]) =>
    world.secrets.filter((secret) => text.includes(secret)).map(() => `a secret stands in ${place}`),
  );
}

async function metricsPage(url: string | undefined): Promise<string> {
  if (url === undefined) return '';
  const page = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(15_000) });
  return page.text();
}

/** The queue's promise: half a minute after everything is well, no job is locked. */
const LOCKS_GONE_WITHIN_MS = 30_000;

async function leftLocks({ sql }: World): Promise<readonly string[]> {
  for (const end = performance.now() + LOCKS_GONE_WITHIN_MS; ; await sleep(200)) {
    const [row] = await sql<{ n: number }[]>`select count(*)::int as n from graphile_worker._private_jobs
      where locked_at is not null`;
    if (row?.n === 0) return [];
    if (performance.now() > end) return [`${row?.n ?? 0} jobs are locked still after 30 s`];
  }
}
