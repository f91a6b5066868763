import type { Content } from './content.ts';
import type { Posted } from './payload.ts';

type Shown = Pick<Posted, 'content' | 'embeds' | 'components'>;

/** Whether a message says what it should and has the controls for it. Discord trims what it is given. */
export function isSame(shown: Shown, wanted: Content): boolean {
  if (shown.content.trim() !== wanted.content.trim()) return false;
  if (controlsOf(shown) !== wantedControls(wanted)) return false;
  // What Discord unfolds from links is an embed as well: without a card they say nothing.
  return (
    wanted.embeds.length === 0 ||
    JSON.stringify(shown.embeds.map(wordsOf)) === JSON.stringify(wanted.embeds.map(wordsOf))
  );
}

/** Whether a message has the very controls of a card: their ids are given to no other. */
export function hasControls(shown: Shown, wanted: Content): boolean {
  const controls = wantedControls(wanted);
  return controls !== '' && controlsOf(shown) === controls;
}

type Words = {
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
};

const wordsOf = ({ title, description, fields = [] }: Words): readonly string[] =>
  [title ?? '', description ?? '', ...fields.flatMap(({ name, value }) => [name, value])].map((text) => text.trim());

const controlsOf = ({ components }: Shown): string =>
  components.flatMap((row) => row.components.map(({ custom_id }) => custom_id ?? '')).join('\n');

const wantedControls = ({ components }: Content): string =>
  components.flatMap((row) => row.components.map(({ custom_id }) => custom_id)).join('\n');
