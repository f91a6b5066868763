import type { Comment, World } from './world.ts';

/** The text between the fences of a comment's suggestion; GitHub offers to commit it where the comment stands on lines of the head. */
const SUGGESTION = /^(`{3,}|~{3,})suggestion[^\n]*\n([\s\S]*?)^\1[ \t]*$/gm;

/**
 * Somebody commits the suggestion of a review comment: exactly its lines become the suggested ones, on the pull request's branch.
 * @returns the file as it is then. Refused as the button would not be there.
 */
export async function commitSuggestion(world: World, { body, spot }: Comment): Promise<string> {
  const found = [...body.matchAll(SUGGESTION)];
  const [one] = found;
  if (one === undefined) throw new Error('the comment suggests nothing');
  if (found.length > 1) throw new Error('the comment suggests more than one change of the same lines');
  if (spot?.line === undefined) throw new Error('a suggestion works on lines of the diff only');
  if (spot.side === 'LEFT') throw new Error('a suggestion cannot be applied to deleted lines');
  const { ref } = world.git.head;
  const text = await world.git.show(ref, spot.path);
  if (text === undefined) throw new Error(`there is no ${spot.path} any more`);
  const lines = text.split('\n');
  const first = (spot.startLine ?? spot.line) - 1;
  lines.splice(first, spot.line - first, ...(one[2] ?? '').replace(/\n$/, '').split('\n'));
  return world.git.commit(spot.path, lines.join('\n'));
}
