import type { Shown, Stage } from '../stage/stage.ts';
import type { Notes } from './notes.ts';
import { seconds } from './notes.ts';
import { ANSWERS, type Scene } from './scenes.ts';
import { isReceipt, openWatch, wordsOf, type Patience } from './watch.ts';

/** Where a step is played. */
export type Around = {
  readonly stage: Stage;
  readonly scene: Scene;
  readonly notes: Notes;
  readonly patience: Patience;
};

/** An answer that was stopped, with the card below it. */
export type Stopped = { readonly answer: Shown; readonly card: Shown };

const AGAIN = 'Try again';
/** A stop that takes longer is none for whoever pressed it. */
const STOPS_WITHIN_MS = 5_000;
/** Where nothing is shown before the answer is whole, the model is given so long to say something. */
const SAYS_SOMETHING_IN_MS = 1_200;

/** A question, and its answer as it grows. @throws Error, as all steps: what was not as it should be. */
export async function ask({ stage, scene, notes, patience }: Around): Promise<void> {
  const watch = openWatch(stage, patience);
  const callsBefore = stage.standIn.ledger.entries.length;
  notes.does(`ada: ${scene.question}`);
  const said = await stage.say({ text: scene.question });
  taken(said.status);
  await watch.until('no word came', () => watch.words() || undefined);
  const firstWord = seconds(notes.now());
  const wanted = wordsOf(ANSWERS.whole);
  const wholeAt = await watch
    .until('the answer was not whole', () => (watch.words() === wanted ? notes.now() : undefined))
    .catch(() => notes.now());
  notes.sees(watch.posts());
  await watch.says(ANSWERS.whole);
  const { acknowledgedInMs: ms } = said;
  const acknowledged = ms === undefined ? 'came over the socket' : `acknowledged in ${ms.toFixed(0)} ms`;
  notes.adds(`${acknowledged} · first word after ${firstWord} · whole after ${seconds(wholeAt)}`);
  notes.adds(`calls: ${callsOf(stage, callsBefore)}`);
}

/** A question that is edited after it was answered: its answer changes where it stands. */
export async function edit({ stage, scene: { edited }, notes, patience }: Around): Promise<void> {
  const watch = openWatch(stage, patience);
  notes.does(`ada: ${edited.before}`);
  const { id, status } = await stage.say({ text: edited.before });
  taken(status);
  await arrives(watch, ANSWERS.bern);
  notes.sees(watch.posts());
  await watch.says(ANSWERS.bern);
  const before = idsOf(watch.posts());

  notes.does(`ada edits it: ${edited.after}`);
  const editedAt = notes.now();
  taken(await stage.edit(id, edited.after));
  await arrives(watch, ANSWERS.basel);
  const tookMs = notes.now() - editedAt;
  notes.sees(watch.posts());
  await watch.says(ANSWERS.basel);
  if (idsOf(watch.posts()) !== before) throw new Error('the answer was posted anew instead of changed in its place');
  notes.adds(`in the same post, ${seconds(tookMs)} after the edit`);
}

/** A long answer that somebody has stopped, by the platform's own way. */
export async function stop({ stage, scene, notes, patience }: Around): Promise<Stopped> {
  const watch = openWatch(stage, patience);
  notes.does(`ada: ${scene.long}`);
  const { thread, status } = await stage.say({ text: scene.long });
  taken(status);
  await watch.until('the answer did not begin', () => begins(watch.words(), stage, notes.now()));
  if (watch.posts().length > 0) notes.sees(watch.posts());
  for (const { title, text, controls } of stage.notices())
    notes.does(`│ ${title}. ${text} ${controls.map(({ label }) => `[${label}]`).join(' ')}`);

  const stoppedAt = notes.now();
  const deed = await stage.stop(thread);
  notes.does(`ada ${deed.how}`);
  taken(deed.status);
  const card = await watch.until(`no card with [${AGAIN}] came`, () => watch.posts().find(offersAgain));
  const tookMs = notes.now() - stoppedAt;
  notes.sees(watch.posts());
  if (tookMs > STOPS_WITHIN_MS) throw new Error(`the stop took ${seconds(tookMs)}`);
  if (!/^stopped by ada\b/i.test(card.text)) throw new Error(`the card does not say who stopped it: “${card.text}”`);
  const [answer, ...more] = watch.posts().filter((post) => post.id !== card.id && !isReceipt(post));
  if (answer === undefined) throw new Error('what was said until the stop is gone');
  if (more.length > 0) throw new Error('the answer that was stopped is there more than once');
  const [partial, whole] = [wordsOf(answer.text), wordsOf(ANSWERS.long)];
  if (partial.length >= whole.length || !whole.startsWith(partial))
    throw new Error('what was said until the stop is no beginning of the answer');
  notes.adds(`stopped within ${seconds(tookMs)}; what was said until then stays`);
  return { answer, card };
}

/** The button below it: the answer is given again where the stopped one stands, and the card is gone. */
export async function again({ stage, notes, patience }: Around, { answer, card }: Stopped): Promise<void> {
  const [button] = card.controls;
  if (button === undefined) throw new Error('the card has no button');
  const mine = new Set([answer.id, card.id]);
  const own = (): readonly Shown[] => stage.shown().filter(({ id }) => mine.has(id));
  const watch = openWatch(stage, patience);
  const pressedAt = notes.now();
  const deed = await stage.press(card.id, button.id);
  notes.does(`ada ${deed.how}`);
  taken(deed.status);
  const wanted = wordsOf(ANSWERS.brief);
  const words = (): string =>
    wordsOf([...own(), ...watch.posts().filter((post) => !isReceipt(post))].map(({ text }) => text).join('\n'));
  await watch
    .until('the answer was not given again', () => (words() === wanted ? true : undefined))
    .catch((error: unknown) => {
      throw new Error(`${String(error instanceof Error ? error.message : error)}: “${words().slice(0, 100)}”`);
    });
  const tookMs = notes.now() - pressedAt;
  notes.sees([...own(), ...watch.posts()]);
  if (own()[0]?.id !== answer.id) throw new Error('the answer was posted anew instead of given in its place');
  await watch.says('');
  if (words() !== wanted) throw new Error('the answer that was given again did not stay as it was');
  if (own().some(offersAgain)) throw new Error('the card is still there');
  notes.adds(`in the place of the stopped one, ${seconds(tookMs)} after the button; the card is gone`);
}

/** What comes at all is looked at more closely afterwards. */
export const arrives = (watch: ReturnType<typeof openWatch>, expected: string): Promise<unknown> =>
  watch.until('', () => (watch.words() === wordsOf(expected) ? true : undefined)).catch(() => undefined);

const offersAgain = ({ controls }: Shown): boolean => controls.some(({ label }) => label === AGAIN);
const idsOf = (posts: readonly Shown[]): string => posts.map(({ id }) => id).join(' ');

/** Some words, or where those come all at once, the sign that they are being written. */
function begins(words: string, stage: Stage, afterMs: number): true | undefined {
  const isWriting = stage.notices().some(({ controls }) => controls.some(({ label }) => label === 'Stop'));
  return words.split(' ').length > 20 || (isWriting && afterMs > SAYS_SOMETHING_IN_MS) ? true : undefined;
}

export function taken(status: number | undefined): void {
  if (status !== undefined && status >= 300) throw new Error(`the delivery was answered with ${status}`);
}

function callsOf(stage: Stage, from: number): string {
  const performed = stage.standIn.ledger.entries.slice(from).filter((entry) => entry.performed);
  const calls = Map.groupBy(performed, ({ call }) => call);
  return [...calls].map(([call, all]) => (all.length > 1 ? `${call} ×${all.length}` : call)).join(', ');
}
