import type { Said, StoredMessage } from '../db/mailbox.ts';
import { toFailure, type FailureCode } from '../model/failure.ts';
import type { Person } from '../model/person.ts';
import type { Agent, TurnContext } from './agent.ts';

/** What the model is about to be told. */
type Told = { readonly history: readonly Said[]; readonly asked: readonly StoredMessage[] };

/** People whom a platform is asked about in one turn; the others are asked about in the next ones. */
const MOST_LOOKUPS = 5;

/** Milliseconds for all of them: a name is worth no more. */
const WITHIN_MS = 2_000;

/** Letters of a name that the model is told. */
const LONGEST = 80;

/**
 * Calls people by their names where the platform's messages hold their ids only. What is known is a day old at most, or as
 * old as it has to be: a failure costs the name alone.
 */
export async function callByName(agent: Agent, context: TurnContext, told: Told): Promise<Told> {
  const ids = namelessIn(told);
  if (ids.length === 0) return told;
  const names = await namesOf(agent, context, ids);
  const nameOf = (id: string | undefined, name: string): string =>
    (isNameless(id, name) ? names.get(id ?? '') : undefined) ?? name;
  return {
    history: told.history.map((said) => ({ ...said, name: nameOf(said.author, said.name) })),
    asked: told.asked.map((message) => ({ ...message, authorName: nameOf(message.authorId, message.authorName) })),
  };
}

const isNameless = (id: string | undefined, name: string): boolean =>
  id !== undefined && id !== '' && (name === '' || name === id);

/** The most recent first. */
function namelessIn({ history, asked }: Told): readonly string[] {
  const asking = asked.filter(
    ({ authorKind, authorId, authorName }) => authorKind === 'human' && isNameless(authorId, authorName),
  );
  const before = history.filter(({ by, author, name }) => by === 'user' && isNameless(author, name));
  return [
    ...new Set([
      ...asking.map(({ authorId }) => authorId),
      ...before.toReversed().flatMap(({ author }) => author ?? []),
    ]),
  ];
}

async function namesOf(
  agent: Agent,
  context: TurnContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { organization, mailbox, log } = context;
  const { people } = agent.deeds;
  const of = { app: mailbox.app, install: mailbox.install };
  try {
    const known = await people.known(organization, of, ids);
    const fresh = new Set(known.filter((person) => person.fresh).map((person) => person.id));
    const found = await askFor(context, ids.filter((id) => !fresh.has(id)).slice(0, MOST_LOOKUPS));
    if (found.length > 0) await people.keep(organization, of, found);
    // Somebody of whom nothing is told goes on by the id.
    return new Map(
      [...known, ...found].filter(({ id, name }) => !isNameless(id, name)).map(({ id, name }) => [id, name]),
    );
  } catch (thrown) {
    log.info({ reason: toFailure(thrown, 'unavailable').message }, 'names of people could not be read');
    return new Map();
  }
}

/** What a platform says of somebody of whom it will not tell anything tomorrow either. */
const NOBODY: ReadonlySet<FailureCode> = new Set(['gone', 'invalid', 'refused']);

/** Of whom the platform tells; of whom it surely tells nothing, the id alone, so that it is not asked again and again. */
async function askFor(
  { adapter, access, signal, log }: TurnContext,
  ids: readonly string[],
): Promise<readonly Person[]> {
  const { person } = adapter;
  if (person === undefined) return [];
  const within = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
  const ask = async (id: string): Promise<readonly Person[]> => {
    try {
      const found = await person(access, id, within);
      return [{ ...found, id, name: found.name.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST).toWellFormed() }];
    } catch (thrown) {
      const { code, message } = toFailure(thrown, 'unavailable');
      log.info({ reason: message }, 'a name could not be asked for');
      return NOBODY.has(code) ? [{ id, name: id, locale: undefined, timeZone: undefined }] : [];
    }
  };
  return (await Promise.all(ids.map(ask))).flat();
}
