import { MARKER_ROOM, withoutFakes } from './marker.ts';

/**
 * A comment holds 65,536 characters (422 "body is too long" above it). GitHub counts code points, we count UTF-16
 * units, which are never fewer; a small rest is left so that both sides may change their line ends.
 */
export const MOST_CHARACTERS = 65_536 - MARKER_ROOM - 408;

/** CommonMark as GitHub takes it, which is as it is: GitHub's own language is CommonMark with GFM. */
export function render(markdown: string): string {
  return withoutFakes(markdown);
}

/** The whole body of a comment: the text, and below it the line that nobody sees. */
export function renderBody(markdown: string, marker: string): string {
  return `${render(markdown)}\n\n${marker}`;
}
