import type { Material } from './compose.ts';

/**
 * Whether something is in a prompt that anybody may have written: a file, a place in code, another program's words. What
 * people of the conversation say is theirs to say. Pure.
 */
export function isTainted({ history, asked, files, summary }: Material): boolean {
  return (
    files.length > 0 ||
    summary?.tainted === true ||
    asked.some(({ anchor, authorKind }) => anchor !== undefined || authorKind === 'bot') ||
    history.some(({ attachments }) => attachments.length > 0)
  );
}
