import { split } from '../../src/model/split.ts';
import { nonceOf } from '../../src/outbox/nonce.ts';
import { turnId } from '../../src/model/ids.ts';
import type { Manner } from './manners.ts';
import { editedText, type Question } from './people.ts';
import type { SimulatedPlatform, VisiblePost } from './platform.ts';
import type { MessageRow, Tables, TurnRow } from './rows.ts';

/** What a run must never come to, in words; an empty list is a good run. */
export function violations(
  tables: Tables,
  platform: SimulatedPlatform,
  manner: Manner,
  questions: readonly Question[],
): readonly string[] {
  const messages = new Map(tables.all('messages').map((message) => [message.external_id, message]));
  return [
    ...questions.flatMap((question) => unsettled(question, messages.get(question.name))),
    ...questions.flatMap((question) => outdated(tables, question, messages.get(question.name))),
    ...questions.flatMap((question) => remembered(tables, platform, question, messages.get(question.name))),
    ...tables.all('turns').flatMap((turn) => notWhole(tables, turn, platform, manner)),
    ...questions.flatMap(({ name }) => doubled(name, platform.posts)),
    ...inverted(tables, platform.posts, questions),
    ...stray(tables, platform.posts),
    ...(platform.placeless() > 0 ? [`${platform.placeless()} calls named no place`] : []),
    ...(platform.early() > 0 ? [`${platform.early()} calls came before a pause was over`] : []),
  ];
}

function unsettled({ name, taken, deleted }: Question, message: MessageRow | undefined): readonly string[] {
  if (!taken) return [];
  if (message === undefined) return [`${name} was acknowledged and is lost`];
  if (message.state === 'waiting') return [`${name} still waits`];
  if (message.state !== 'answered' && message.reason === null) return [`${name} is ${message.state} without a reason`];
  return message.state === 'ignored' && !deleted ? [`${name} was ignored: ${message.reason}`] : [];
}

/** What was edited is answered as it reads now. */
function outdated(tables: Tables, { name, edited }: Question, message: MessageRow | undefined): readonly string[] {
  if (!edited || message?.state !== 'answered' || message.turn === null) return [];
  const answer = tables.get('turns', message.turn)?.answer ?? '';
  return answer.includes(editedText(name)) ? [] : [`${name} was edited, and is answered as it was before`];
}

/** What was deleted before its answer was whole has none, and no part in another one. */
function remembered(
  tables: Tables,
  { posts }: SimulatedPlatform,
  { name, deleted }: Question,
  message: MessageRow | undefined,
): readonly string[] {
  if (!deleted || message?.state !== 'ignored' || message.turn === null) return [];
  const turn = tables.get('turns', message.turn);
  if (turn?.state === 'answered')
    return turn.answer?.split(/[ .]/).includes(name) === true ? [`${name} was deleted, and is answered`] : [];
  const nonces = new Set(tables.all('posts').flatMap((row) => (row.turn === message.turn ? [row.nonce] : [])));
  const seen = posts.filter((post) => nonces.has(post.nonce) && post.text !== PLACEHOLDER);
  return turn?.state === 'ignored' && seen.length > 0 ? [`${name} was deleted, and its answer is still seen`] : [];
}

/** What is visible, put together, is the answer. */
function notWhole(
  tables: Tables,
  turn: TurnRow,
  { posts }: SimulatedPlatform,
  { limits, closesAfter }: Manner,
): readonly string[] {
  if (turn.state !== 'answered') return [];
  if (closesAfter !== undefined) return notTogether(tables, turn, posts);
  const parts = split(turn.answer ?? '', limits).map((part) => part.text);
  const shown = parts.map((_part, ordinal) => {
    const nonce = nonceOf(turnId(turn.id), ordinal);
    return posts.findLast((post) => post.nonce === nonce && post.text !== PLACEHOLDER)?.text;
  });
  const wrong = parts.findIndex((part, ordinal) => part !== shown[ordinal]);
  return wrong < 0
    ? []
    : [`part ${wrong} of a turn shows ${JSON.stringify(shown[wrong])}, not ${JSON.stringify(parts[wrong])}`];
}

/** Where posts close and files are sent, its parts may begin and end anywhere: only together they are told. */
function notTogether(tables: Tables, turn: TurnRow, posts: readonly VisiblePost[]): readonly string[] {
  const nonces = new Set(tables.all('posts').flatMap((row) => (row.turn === turn.id ? [row.nonce] : [])));
  const own = posts.filter((post) => nonces.has(post.nonce) && post.text !== PLACEHOLDER);
  const bare = (text: string): string => text.replaceAll(/\s/g, '');
  const answer = bare(turn.answer ?? '');
  const shown = bare(own.flatMap(({ file, text }) => (file === undefined ? [text] : [])).join(''));
  const files = own.flatMap(({ file }) => (file === undefined ? [] : [file]));
  if (files.length === 0 && shown === answer) return [];
  if (files.length === 1 && files[0] === turn.answer && shown !== '' && answer.startsWith(shown)) return [];
  return [`a turn shows ${JSON.stringify(shown)} and ${files.length} files, not ${JSON.stringify(answer)}`];
}

const PLACEHOLDER = '…';

/** No question has its answer begin or end twice. */
function doubled(name: string, posts: readonly VisiblePost[]): readonly string[] {
  return (['begin', 'end'] as const).flatMap((word) => {
    const marker = new RegExp(`${word}(?: q\\d+| v2)* ${name}(?: q\\d+| v2)* #`);
    const times = posts.filter((post) => marker.test(post.text)).length;
    return times > 1 ? [`${name} has ${times} answers that ${word}`] : [];
  });
}

/** In a thread, what was there before an earlier turn began is not answered after it. */
function inverted(tables: Tables, posts: readonly VisiblePost[], questions: readonly Question[]): readonly string[] {
  const turns = new Map(tables.all('turns').map((turn) => [nonceOf(turnId(turn.id), 0), turn]));
  const asked = Map.groupBy(tables.all('messages'), (message) => message.turn);
  const question = new Map(questions.map((one) => [one.name, one]));
  const threads = Map.groupBy(
    posts.filter((post) => turns.has(post.nonce) && post.text !== PLACEHOLDER),
    (post) => post.thread,
  );
  const isLate = (turn: TurnRow | undefined, before: TurnRow | undefined): boolean =>
    turn !== undefined &&
    before !== undefined &&
    (asked.get(turn.id) ?? []).some(
      (message) => (question.get(message.external_id)?.committedAt ?? Infinity) < before.startedAt,
    );
  return [...threads].flatMap(([thread, said]) =>
    said.some((post, index) => index > 0 && isLate(turns.get(post.nonce), turns.get(said[index - 1]?.nonce ?? '')))
      ? [`answers in ${thread} are out of order`]
      : [],
  );
}

/** Nothing is visible that belongs to no answer; a doubled placeholder is the one exception, where nobody can look. */
function stray(tables: Tables, posts: readonly VisiblePost[]): readonly string[] {
  const rows = tables.all('posts');
  const known = new Set(rows.map((post) => post.external));
  // Of a dead letter, what may be visible stays in doubt, and is shown so to whoever looks at it.
  const doubts = new Set(rows.filter((row) => tables.get('turns', row.turn)?.state === 'dead').map((row) => row.nonce));
  return posts
    .filter((post) => !known.has(post.id) && !doubts.has(post.nonce) && post.text !== PLACEHOLDER)
    .map((post) => `a post belongs to no answer: ${post.text.slice(0, 40)}`);
}
