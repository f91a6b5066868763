import type { Fetched } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';

const HTML_TYPE = /^(?:text\/html|application\/xhtml\+xml)\b/i;
const HTML_NAME = /\.x?html?$/i;
const HTML_START = /^\s*(?:<!doctype html|<html)\b/i;

/**
 * Platforms answer 200 and a page to sign in at, where the file is not for whoever asks.
 * @param promised the file's name or media type, as far as the platform told them.
 * @param fix what an admin has to do, for the error.
 * @returns what was fetched.
 * @throws Failure `unauthorized` when a page of HTML came in place of something else.
 */
export function refuseLoginPage(
  fetched: Fetched,
  promised: { readonly name?: string | undefined; readonly mediaType?: string | undefined },
  fix: string,
): Fetched {
  const meant = HTML_TYPE.test(promised.mediaType ?? '') || HTML_NAME.test(promised.name ?? '');
  if (meant || !isPage(fetched)) return fetched;
  throw new Failure('unauthorized', `download: a page to sign in at came in place of the file: ${fix}`);
}

function isPage({ bytes, mediaType }: Fetched): boolean {
  if (mediaType !== undefined) return HTML_TYPE.test(mediaType);
  return HTML_START.test(new TextDecoder().decode(bytes.subarray(0, 200)));
}
