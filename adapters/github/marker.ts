import { createHmac } from 'node:crypto';

/** Recognises our own comments by a line that GitHub does not show. */
export type Marker = {
  /** The hidden line for a part's nonce. */
  readonly of: (nonce: string) => string;
};

/** More than any marker is long; what a part has to leave free in a comment. */
export const MARKER_ROOM = 128;

const ANY_MARKER = /\n{0,2}<!-- switchboard:[\w-]{1,64}\.[\w-]{1,64} -->\s*$/;
const FAKE = /<!--(?=\s*switchboard:)/gi;

/**
 * Markers are signed with a key made of the webhook secret: a person who copies or invents one under another nonce
 * cannot make the hub believe that it has answered already.
 */
export function openMarker(webhookSecret: string): Marker {
  const key = createHmac('sha256', webhookSecret).update('switchboard: hidden marker of a comment').digest();
  return {
    of(nonce) {
      // 96 bits: nobody can try them one comment at a time.
      const signature = createHmac('sha256', key).update(nonce).digest().subarray(0, 12).toString('base64url');
      return `<!-- switchboard:${nonce}.${signature} -->`;
    },
  };
}

/** A comment's text without the marker at its end. */
export function withoutMarker(body: string): string {
  return body.replace(ANY_MARKER, '');
}

/** Text in which nothing can be taken for a marker. */
export function withoutFakes(text: string): string {
  return text.replaceAll(FAKE, '<! --');
}
