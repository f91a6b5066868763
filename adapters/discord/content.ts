import type { Draft, OutFile } from '../../src/model/reply.ts';
import type { Embed, Row } from './render-card.ts';
import { renderCard } from './render-card.ts';
import { mentionOf, render } from './render.ts';

/** A message of ours as the API takes it, whether it is made or changed: what is left out of it stays as it was. */
export type Content = {
  readonly content: string;
  readonly embeds: readonly Embed[];
  readonly components: readonly Row[];
  readonly allowed_mentions: { readonly parse: readonly []; readonly users: readonly string[] };
  readonly flags: number;
};

/** What a draft says, and the files that have to go with it. */
export type Written = { readonly body: Content; readonly files: readonly OutFile[]; readonly mark?: string };

/** Docs, Create Message: "up to 2000 characters". */
const MOST = 2_000;
/** Docs, "Allowed Mentions Object". */
const MOST_CALLED = 100;

/** No previews of links below the text (docs: Message Flags). It hides embeds of our own, too. */
export const SUPPRESS_EMBEDS = 4;

/** Seen by the one who gave the command or clicked, and by nobody else (docs: Message Flags). */
export const EPHEMERAL = 64;

/** "Is thinking": an answer was announced and not given yet (docs: Message Flags). */
export const LOADING = 128;

/**
 * A draft as a message. Nobody is called but those it names; Discord reads mentions anew at every edit, so that goes with
 * each of them, as do empty lists, which take an earlier card away.
 */
export function write(draft: Draft): Written {
  const { card } = draft;
  if (card === undefined) return { body: bodyOf(textOf(draft) || '…', draft), files: [] };
  const { embeds, components, files } = renderCard(card, draft.calls ?? []);
  // Nobody is called by what an embed says.
  const called = callsOf(draft).filter(({ id }) => JSON.stringify(embeds).includes(mentionOf(id)));
  const calls = called.map(({ id }) => mentionOf(id)).join(' ');
  const content = calls === '' && embeds.length === 0 ? textOf(draft) || '…' : calls;
  return { body: { ...bodyOf(content, draft), embeds, components, flags: 0 }, files };
}

/** The text as it is sent. Where mentions make it too long, the names stay letters. */
export function textOf(draft: Draft): string {
  const calling = render(draft.text, callsOf(draft));
  return calling.length <= MOST ? calling : render(draft.text);
}

const callsOf = ({ calls = [] }: Draft): NonNullable<Draft['calls']> => calls.slice(0, MOST_CALLED);

/** A message without anything but words. An empty text would be refused (50006), unless something else is there. */
export function bodyOf(content: string, draft: Pick<Draft, 'calls'>): Content {
  const users = (draft.calls ?? []).map(({ id }) => id).filter((id) => content.includes(mentionOf(id)));
  return {
    content,
    embeds: [],
    components: [],
    allowed_mentions: { parse: [], users: users.slice(0, MOST_CALLED) },
    flags: SUPPRESS_EMBEDS,
  };
}

/** What goes with a message: its name, and what is known of it by those who read it back. */
type Attached = { readonly id: number; readonly filename: string; readonly description?: string };

/**
 * The names under which files go with a message. A mark stands where a picture has its description (docs: Attachment
 * Object): nobody sees it on other files, and it comes back with the message.
 */
export const attachmentsOf = (files: readonly OutFile[], mark?: string): readonly Attached[] =>
  files.map(({ name, mediaType }, id) => {
    const marked = mark !== undefined && !mediaType.startsWith('image/');
    return { id, filename: name, ...(marked && { description: mark }) };
  });
