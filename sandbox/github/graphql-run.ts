import { parseOperation } from './graphql-parse.ts';
import type { Args, Operation, Selections, Value } from './graphql-parse.ts';

export type Given = Readonly<Record<string, unknown>>;
/** An object of the schema: a field that is not here is not in the schema either. */
export type Thing = { readonly type: string; readonly fields: Readonly<Record<string, (given: Given) => unknown>> };

/** What GitHub names an error. */
export class GraphError extends Error {
  readonly kind: string;
  constructor(kind: string, message: string) {
    super(message);
    this.kind = kind;
  }
}

export type Roots = { readonly query: Thing; readonly mutation: Thing };

/** Answers 200 whatever happens, as GraphQL does: with `errors` where something went wrong. */
export function runOperation(body: { query: string; variables: Given }, roots: Roots): object {
  try {
    const operation = parseOperation(body.query);
    for (const [name, needed] of operation.variables) {
      if (needed && (body.variables[name] ?? null) === null)
        throw new Error(`Variable $${name} of type ID! was provided invalid value`);
    }
    return { data: select(roots[operation.kind], operation.of, body.variables) };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const type = thrown instanceof GraphError ? { type: thrown.kind } : {};
    return { data: null, errors: [{ ...type, message, locations: [{ line: 1, column: 1 }] }] };
  }
}

/** The first thing that is asked for: what the ledger calls it. */
export function nameOf(query: string): string {
  try {
    const operation: Operation = parseOperation(query);
    const [first] = operation.of;
    return first?.kind === 'field' ? first.name : operation.kind;
  } catch {
    return 'unreadable';
  }
}

const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && 'type' in value && 'fields' in value;

function select(thing: Thing, selections: Selections, variables: Given): object {
  const found: Record<string, unknown> = {};
  for (const selection of selections ?? []) {
    if (selection.kind === 'on') {
      if (selection.type === thing.type) Object.assign(found, select(thing, selection.of, variables));
      continue;
    }
    const { name, as, of } = selection;
    if (name === '__typename') {
      found[as] = thing.type;
      continue;
    }
    const field = thing.fields[name];
    if (field === undefined)
      throw new GraphError('undefinedField', `Field '${name}' doesn't exist on type '${thing.type}'`);
    found[as] = valueOf(field(given(selection.args, variables)), of, variables, `${thing.type}.${name}`);
  }
  return found;
}

function valueOf(value: unknown, of: Selections, variables: Given, where: string): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => valueOf(one, of, variables, where));
  if (isThing(value)) {
    if (of === undefined) throw new Error(`Field must have selections (field '${where}')`);
    return select(value, of, variables);
  }
  if (of !== undefined && value !== null) throw new Error(`Selections can't be made on scalars (field '${where}')`);
  return value;
}

function given(args: Args, variables: Given): Given {
  const read = (value: Value): unknown => {
    if ('variable' in value) return variables[value.variable] ?? null;
    return 'object' in value ? given(value.object, variables) : value.value;
  };
  return Object.fromEntries([...args].map(([name, value]) => [name, read(value)]));
}
