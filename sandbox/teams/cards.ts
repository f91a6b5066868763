/** JSON as it came. */
export type Json = Readonly<Record<string, unknown>>;

export type Action = { readonly type: string; readonly title: string; readonly verb: string; readonly data: Json };
export type Choice = {
  readonly id: string;
  readonly label: string;
  readonly values: readonly string[];
  /** What sends it: the first action behind it. */
  readonly action: Action | undefined;
};
export type Question = {
  readonly id: string;
  readonly label: string;
  readonly required: boolean;
  readonly value: string;
};

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objects = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What each element must have, of the schema's 1.5 and Teams' own; anything else Teams does not show. */
const ELEMENTS: ReadonlyMap<string, (element: Json) => boolean> = new Map<string, (element: Json) => boolean>([
  ['TextBlock', (element) => typeof element['text'] === 'string'],
  ['FactSet', ({ facts }) => Array.isArray(facts) && objects(facts).every((fact) => isText(fact, 'title', 'value'))],
  ['Image', ({ url }) => text(url).startsWith('https://')],
  ['CodeBlock', (element) => isText(element, 'codeSnippet', 'language')],
  ['ActionSet', ({ actions }) => Array.isArray(actions) && actions.length > 0],
  ['Input.Text', ({ id }) => text(id) !== ''],
  [
    'Input.ChoiceSet',
    ({ id, choices }) =>
      text(id) !== '' &&
      objects(choices).length > 0 &&
      objects(choices).every((choice) => isText(choice, 'title', 'value')),
  ],
]);

const isText = (element: Json, ...names: readonly string[]): boolean =>
  names.every((name) => typeof element[name] === 'string');

const STYLES = new Set([undefined, 'default', 'positive', 'destructive']);
/** docs: Types of cards, "Adaptive Cards": six actions are shown, the others are not. */
const MOST_ACTIONS = 6;

/** What Teams would not take of a card; undefined: nothing. */
export function cardProblem(card: Json): string | undefined {
  if (card['type'] !== 'AdaptiveCard') return 'type must be AdaptiveCard';
  if (!/^1\.[0-5]$/.test(text(card['version']))) return 'version must be 1.0 to 1.5';
  if (!Array.isArray(card['body'])) return 'body must be a list';
  for (const element of card['body']) {
    const type = isObject(element) ? text(element['type']) : '';
    if (!isObject(element) || ELEMENTS.get(type)?.(element) !== true) return `an element ${type} is not valid`;
  }
  if (objects(card['actions']).length > MOST_ACTIONS) return `more than ${MOST_ACTIONS} actions`;
  const ids = [...choicesOf(card), ...questionsOf(card)].map(({ id }) => id);
  if (new Set(ids).size < ids.length) return 'two inputs have one id';
  const raw = [...objects(card['actions']), ...objects(card['body']).flatMap((one) => objects(one['actions']))];
  return raw.map(actionProblem).find((problem) => problem !== undefined);
}

function actionProblem({ type, title, style, fallback }: Json): string | undefined {
  if (type !== 'Action.Execute' && type !== 'Action.Submit') return `an action ${text(type)} is not valid`;
  if (text(title) === '') return 'an action has no title';
  if (!STYLES.has(style === undefined ? undefined : text(style))) return `a style ${text(style)} is not known`;
  return isObject(fallback) ? actionProblem(fallback) : undefined;
}

const actionOf = ({ type, title, verb, data }: Json): Action => ({
  type: text(type),
  title: text(title),
  verb: text(verb),
  data: isObject(data) ? data : {},
});

/** Buttons that stand by themselves. */
export const buttonsOf = (card: Json): readonly Action[] => objects(card['actions']).map(actionOf);

export function choicesOf(card: Json): readonly Choice[] {
  const body = objects(card['body']);
  return body.flatMap((element, index) => {
    if (element['type'] !== 'Input.ChoiceSet') return [];
    const set = body.slice(index).find(({ type }) => type === 'ActionSet');
    const [action] = objects(set?.['actions']);
    const values = objects(element['choices']).map(({ value }) => text(value));
    const { id, label } = element;
    return [{ id: text(id), label: text(label), values, action: action && actionOf(action) }];
  });
}

export const questionsOf = (card: Json): readonly Question[] =>
  objects(card['body']).flatMap(({ type, id, label, isRequired, value }) =>
    type === 'Input.Text'
      ? [{ id: text(id), label: text(label), required: isRequired === true, value: text(value) }]
      : [],
  );

/** All that a person reads on a card, in its order. */
export function wordsOf(card: Json): string {
  const lines = objects(card['body']).flatMap((element) => [
    text(element['text']),
    text(element['codeSnippet']),
    text(element['label']),
    ...objects(element['facts']).map(({ title, value }) => `${text(title)}: ${text(value)}`),
    ...objects(element['choices']).map(({ title }) => text(title)),
  ]);
  const titles = buttonsOf(card).map(({ title }) => `[${title}]`);
  return [...lines, ...titles].filter((line) => line !== '').join('\n');
}
