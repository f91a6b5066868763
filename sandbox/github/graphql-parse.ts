/** One field that is asked for, or a part for objects of one type. */
export type Selection =
  | { readonly kind: 'field'; readonly name: string; readonly as: string; readonly args: Args; readonly of: Selections }
  | { readonly kind: 'on'; readonly type: string; readonly of: Selections };
export type Selections = readonly Selection[] | undefined;
export type Args = ReadonlyMap<string, Value>;
/** A value, or the name of the variable that holds it. */
export type Value = { readonly variable: string } | { readonly value: unknown } | { readonly object: Args };

export type Operation = {
  readonly kind: 'query' | 'mutation';
  /** Names of variables, and whether each has to be given. */
  readonly variables: ReadonlyMap<string, boolean>;
  readonly of: readonly Selection[];
};

const TOKEN = /\s*(?:#[^\n]*\n\s*)*(\.\.\.|[{}()[\]:!$=,]|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|\w+)/y;

type Tokens = { readonly peek: () => string; readonly next: (wanted?: string) => string };

/** The part of GraphQL that clients of this API write. @throws Error where it is something else. */
export function parseOperation(text: string): Operation {
  const tokens = openTokens(text);
  const kind = tokens.peek() === '{' ? 'query' : tokens.next();
  if (kind !== 'query' && kind !== 'mutation') throw new Error(`Parse error on "${kind}"`);
  if (/^\w/.test(tokens.peek())) tokens.next();
  const variables = tokens.peek() === '(' ? parseVariables(tokens) : new Map<string, boolean>();
  const of = parseSelections(tokens) ?? [];
  if (tokens.peek() !== '') throw new Error(`Parse error on "${tokens.peek()}"`);
  return { kind, variables, of };
}

function openTokens(text: string): Tokens {
  const all: string[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) throw new Error(`Parse error at ${at}`);
    if (found[1] !== ',') all.push(found[1] ?? '');
    at = TOKEN.lastIndex;
  }
  let index = 0;
  return {
    peek: () => all[index] ?? '',
    next(wanted) {
      const token = all[index] ?? '';
      if (token === '' || (wanted !== undefined && token !== wanted)) throw new Error(`Parse error on "${token}"`);
      index += 1;
      return token;
    },
  };
}

function parseVariables(tokens: Tokens): ReadonlyMap<string, boolean> {
  const variables = new Map<string, boolean>();
  tokens.next('(');
  while (tokens.peek() !== ')') {
    tokens.next('$');
    const name = tokens.next();
    tokens.next(':');
    tokens.next();
    const needed = tokens.peek() === '!';
    if (needed) tokens.next();
    variables.set(name, needed);
  }
  tokens.next(')');
  return variables;
}

function parseSelections(tokens: Tokens): Selections {
  if (tokens.peek() !== '{') return undefined;
  tokens.next('{');
  const selections: Selection[] = [];
  while (tokens.peek() !== '}') selections.push(parseSelection(tokens));
  tokens.next('}');
  return selections;
}

function parseSelection(tokens: Tokens): Selection {
  const first = tokens.next();
  if (first === '...') {
    tokens.next('on');
    return { kind: 'on', type: tokens.next(), of: parseSelections(tokens) };
  }
  const aliased = tokens.peek() === ':';
  if (aliased) tokens.next(':');
  const name = aliased ? tokens.next() : first;
  const args = tokens.peek() === '(' ? parsePairs(tokens, '(', ')') : new Map<string, Value>();
  return { kind: 'field', name, as: first, args, of: parseSelections(tokens) };
}

function parsePairs(tokens: Tokens, open: string, close: string): Args {
  const pairs = new Map<string, Value>();
  tokens.next(open);
  while (tokens.peek() !== close) {
    const name = tokens.next();
    tokens.next(':');
    pairs.set(name, parseValue(tokens));
  }
  tokens.next(close);
  return pairs;
}

function parseValue(tokens: Tokens): Value {
  if (tokens.peek() === '{') return { object: parsePairs(tokens, '{', '}') };
  const token = tokens.next();
  if (token === '$') return { variable: tokens.next() };
  if (token.startsWith('"') || /^-?\d|^(?:true|false|null)$/.test(token)) return { value: JSON.parse(token) };
  return { value: token };
}
