/** What is known of a message that was edited or deleted. */
export type KnownMessage = {
  readonly state: 'waiting' | 'answered' | 'ignored' | 'dead';
  readonly why: string;
  readonly reason: string | null;
  readonly text: string;
  readonly authorKind: string;
  readonly isCommand: boolean;
  /** A turn has taken it. */
  readonly inTurn: boolean;
  /** Milliseconds since it was sent. */
  readonly ageMs: number;
};

export type Edit = {
  readonly text: string;
  readonly why: string;
  /** The policy of its place wants an answer whose question was edited to be given again. */
  readonly again: boolean;
};

/** What becomes of a message, and what is to be done about it. */
export type Change = {
  readonly state: KnownMessage['state'];
  readonly reason: string | null;
  readonly why: string;
  readonly act:
    | 'none'
    /** It is a question now. */
    | 'wake'
    /** The turn that answers it looks again. */
    | 'stir'
    /** Its turn is taken up once more, with all its messages. */
    | 'redo';
};

/** A question that is edited later than this is not answered again: nobody looks there any more. */
export const EDIT_COUNTS_FOR_MS = 24 * 3_600_000;

/** How the reason of a deleted message begins. */
export const DELETED = 'deleted by its author';

export const isWeak = (why: string): boolean => why === 'overheard' || why === 'follow-up';

/** What an edit changes, beside the text. Pure. */
export function afterEdit(known: KnownMessage, edit: Edit): Change {
  const named = isWeak(known.why) && !isWeak(edit.why);
  const same: Change = { state: known.state, reason: known.reason, why: named ? edit.why : known.why, act: 'none' };
  // A link that a platform unfolds comes as an edit, too.
  const said = known.text !== edit.text || named;
  if (!said || !canCount(known)) return same;
  if (known.state === 'waiting') return { ...same, act: known.inTurn ? 'stir' : 'wake' };
  const isOver = known.state === 'answered' || known.state === 'dead';
  if (isOver) return edit.again ? { ...same, state: 'waiting', reason: null, act: 'redo' } : same;
  return named ? { ...same, state: 'waiting', reason: null, act: 'wake' } : same;
}

/** Whether an edit of it can be a question: commands are given once, and what is old or gone is let rest. */
function canCount({ ageMs, authorKind, isCommand, reason }: KnownMessage): boolean {
  const isGone = reason?.startsWith(DELETED) === true;
  return authorKind === 'human' && ageMs < EDIT_COUNTS_FOR_MS && !isCommand && !isGone;
}

/** What a deletion changes, beside taking the text away. Pure. */
export function afterDeletion({ state, reason, why, inTurn }: KnownMessage): Change {
  if (state !== 'waiting') return { state, reason, why, act: 'none' };
  const when = inTurn ? 'while it was being answered' : 'before it was answered';
  return { state: 'ignored', reason: `${DELETED} ${when}`, why, act: inTurn ? 'stir' : 'none' };
}
