import type { Code, RootContent, Table } from 'mdast';
import type { Card, Control } from '../../src/model/card.ts';
import type { Call } from '../kit/calls.ts';
import type { Renderers } from '../kit/markdown.ts';
import { parseMarkdown, plainText, renderTree } from '../kit/markdown.ts';
import { tableInFixedWidth } from '../kit/table.ts';
import { clean } from '../kit/text.ts';
import { entitiesOf } from './entities.ts';
import { asLetters, RENDERERS, withCalls } from './render.ts';

export type Attachment = { readonly contentType: string; readonly content: object };

export const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';
/** docs: Types of cards, "Adaptive Cards": bots in Teams take 1.5 and below. */
export const CARD_VERSION = '1.5';

/**
 * A card of Teams' own. `summary` is for clients that show no cards. Buttons are Action.Execute, and Action.Submit for
 * clients that do not know it; one with a form is Action.Submit that asks for a dialog, which no Action.Execute can.
 */
export function renderCard(card: Card, summary: string, calls: readonly Call[] = []): Attachment {
  const { title, text, fields, image, controls } = card;
  const body = [
    ...(title === ''
      ? []
      : [{ ...block(asLetters(clean(title))), weight: 'Bolder', size: 'Medium', style: 'heading' }]),
    ...renderText(text, calls),
    ...(fields.length === 0 ? [] : [{ type: 'FactSet', facts: fields.map((field) => factOf(field, calls)) }]),
    ...(image === undefined ? [] : [{ type: 'Image', url: image.url, altText: clean(image.alt) }]),
    ...controls.flatMap(choiceOf),
  ];
  const actions = controls.flatMap(buttonOf);
  const entities = entitiesOf(JSON.stringify(body), calls);
  return {
    contentType: CARD_TYPE,
    content: {
      type: 'AdaptiveCard',
      version: CARD_VERSION,
      fallbackText: summary,
      body,
      ...(actions.length > 0 && { actions }),
      msteams: { width: 'Full', ...(entities.length > 0 && { entities }) },
    },
  };
}

const block = (text: string) => ({ type: 'TextBlock', text, wrap: true });

type Field = Card['fields'][number];
const factOf = ({ label, value }: Field, calls: readonly Call[]): object => ({
  title: asLetters(clean(label)),
  value: renderBlocks(clean(value), calls).join('\n\n'),
});

/** One element for each paragraph, list and so on; code and tables keep their columns. */
function renderText(markdown: string, calls: readonly Call[]): readonly object[] {
  const source = clean(markdown);
  const renderers = withCalls(IN_CARD, calls);
  return parseMarkdown(source).children.flatMap((node): readonly object[] => {
    if (node.type === 'code' || node.type === 'table') return [codeOf(node)];
    const text = renderOne(node, source, renderers);
    return text === '' ? [] : [block(text)];
  });
}

function renderBlocks(source: string, calls: readonly Call[]): readonly string[] {
  const renderers = withCalls(IN_CARD, calls);
  return parseMarkdown(source)
    .children.map((node) => renderOne(node, source, renderers))
    .filter((text) => text !== '');
}

const renderOne = (node: RootContent, source: string, renderers: Renderers): string =>
  renderTree({ type: 'root', children: [node] }, source, renderers);

/** Shown in Teams' own block of code; where a client has none, as letters of one width. */
function codeOf(node: Code | Table): object {
  const codeSnippet = node.type === 'code' ? node.value : tableInFixedWidth(node, plainText);
  const fallback = { ...block(asLetters(codeSnippet)), fontType: 'Monospace' };
  return { type: 'CodeBlock', codeSnippet, language: 'PlainText', fallback };
}

/** Texts of cards know bold, italic, lists and links, and nothing else of Markdown (docs: Text formatting in cards). */
const IN_CARD: Renderers = {
  ...RENDERERS,
  delete: (node, walk) => walk.inside(node),
  inlineCode: (node) => asLetters(node.value),
  code: (node) => asLetters(node.value),
  table: (node) => asLetters(tableInFixedWidth(node, plainText)),
  blockquote: (node, walk) => walk.inside(node, '\n\n').replaceAll(/^/gm, '│ '),
  break: () => '\n\n',
};

/** `Default` is what a plain button has without being told. */
const STYLES = { plain: {}, primary: { style: 'positive' }, danger: { style: 'destructive' } } as const;

function buttonOf(control: Control): readonly object[] {
  if (control.kind === 'select') return [];
  const { id, label, style, form } = control;
  // What stands in the card's choices is not this button's.
  const common = { title: clean(label), ...STYLES[style], associatedInputs: 'none' };
  if (form !== undefined) {
    return [
      { type: 'Action.Submit', ...common, data: { msteams: { type: 'task/fetch' }, switchboard: { action: id } } },
    ];
  }
  const fallback = { type: 'Action.Submit', ...common, data: { actionId: id, value: '' } };
  return [{ type: 'Action.Execute', ...common, verb: id, fallback }];
}

/** A choice alone sends nothing: below it is the button that does. */
function choiceOf(control: Control): readonly object[] {
  if (control.kind !== 'select') return [];
  const { id, label, options } = control;
  const choices = options.map((option) => ({ title: clean(option.label), value: option.value }));
  const fallback = { type: 'Action.Submit', title: 'OK', data: { actionId: id, choice: true } };
  return [
    { type: 'Input.ChoiceSet', id, label: clean(label), style: 'compact', choices },
    {
      type: 'ActionSet',
      actions: [{ type: 'Action.Execute', title: 'OK', verb: id, data: { choice: true }, fallback }],
    },
  ];
}
