import { seconds } from './notes.ts';
import { ANSWERS, ERRAND } from './scenes.ts';
import { arrives, taken, type Around } from './steps.ts';
import { openWatch, wordsOf } from './watch.ts';

/** The model breaks off while it answers: what it said is taken back, and another one's answer stands in its place. */
export async function failOver({ stage, scene, notes, patience }: Around): Promise<void> {
  const watch = openWatch(stage, patience);
  notes.does(`ada: ${scene.failing}`);
  taken((await stage.say({ text: scene.failing })).status);
  const broken = wordsOf(ANSWERS.broken);
  // Where an answer is shown only when it is whole, there is nothing to be seen of the first one.
  await watch.until('no word came', () => (watch.words().length > 20 ? true : undefined));
  if (broken.startsWith(watch.words())) notes.sees(watch.posts());
  await arrives(watch, ANSWERS.spared);
  notes.sees(watch.posts());
  await watch.says(ANSWERS.spared);
  notes.adds(`the first model broke off; whole after ${seconds(notes.now())}, from the second one`);
}

/** The model wants to change something: a person is shown what exactly, and it is done after the yes. */
export async function allow({ stage, scene, notes, patience }: Around): Promise<void> {
  const watch = openWatch(stage, patience);
  notes.does(`ada: ${scene.errand}`);
  taken((await stage.say({ text: scene.errand })).status);
  const card = await watch.until('nobody was asked', () =>
    watch.posts().find(({ controls }) => controls.some(({ label }) => label === 'Allow')),
  );
  notes.sees(watch.posts());
  if (!watch.words().includes(wordsOf(ERRAND.text))) throw new Error('it is not shown what exactly is to be done');
  const button = card.controls.find(({ label }) => label === 'Allow');
  const deed = await stage.press(card.id, button?.id ?? '');
  notes.does(`ada ${deed.how}`);
  taken(deed.status);
  await arrives(watch, ANSWERS.done);
  notes.sees(watch.posts());
  await watch.says(ANSWERS.done);
  if (watch.posts().some(({ controls }) => controls.some(({ label }) => label === 'Allow')))
    throw new Error('it can still be allowed');
}
