import type { Attachment } from '../../model/message.ts';
import type { PromptImage } from '../../llm/provider.ts';
import type { Kind } from './policy.ts';

/** What a file seems to be before it is fetched; `unknown`: only its bytes can tell. */
export type Guess = { readonly kind: Kind | 'unknown' } | { readonly kind: 'unreadable'; readonly why: string };

/** What a file is, by its bytes. */
export type Found =
  | { readonly kind: 'image'; readonly mediaType: PromptImage['mediaType'] }
  | { readonly kind: 'document'; readonly mediaType: string }
  | { readonly kind: 'recording'; readonly mediaType: string; readonly ending: string }
  | { readonly kind: 'text'; readonly mediaType: string };

const unreadable = (why: string): Guess => ({ kind: 'unreadable', why });
const NO_TEXT = 'not readable as text';
const OFFICE = 'not readable here: saved as PDF or text it would be';
const OTHER_IMAGE = 'not shown: of images only PNG, JPEG, GIF and WebP are';
const VIDEO = 'not watched: a video';

/** By its media type, the first that fits; the types of Office's formats have XML in their names. */
const BY_TYPE: readonly (readonly [RegExp, Guess])[] = [
  [/^image\/(png|jpe?g|pjpeg|gif|webp|\*)$/, { kind: 'image' }],
  [/^image\/svg\+xml$/, { kind: 'text' }],
  [/^image\//, unreadable(OTHER_IMAGE)],
  [/^application\/(x-)?pdf$/, { kind: 'document' }],
  [/^audio\//, { kind: 'recording' }],
  [/^video\//, unreadable(VIDEO)],
  [/officedocument|msword|ms-excel|ms-powerpoint|opendocument/, unreadable(OFFICE)],
  [/^text\//, { kind: 'text' }],
  [/^application\/(x-)?(json|ndjson|xml|yaml|toml|javascript|typescript|sh|sql)$/, { kind: 'text' }],
  [/\+(json|xml)$/, { kind: 'text' }],
];

const BY_NAME: readonly (readonly [RegExp, Guess])[] = [
  [
    /\.(txt|md|csv|tsv|json|ya?ml|toml|xml|svg|html?|css|[cm]?[jt]sx?|py|rb|go|rs|java|kt|c|h|cc|cpp|cs|php|sh|sql|log|ini|diff|patch)$/i,
    { kind: 'text' },
  ],
  [/\.(png|jpe?g|gif|webp)$/i, { kind: 'image' }],
  [/\.(heic|heif|bmp|tiff?|avif|psd|ico)$/i, unreadable(OTHER_IMAGE)],
  [/\.pdf$/i, { kind: 'document' }],
  [/\.(mp3|m4a|wav|ogg|oga|opus|flac|mpga)$/i, { kind: 'recording' }],
  [/\.(mp4|mov|avi|mkv|webm|m4v)$/i, unreadable(VIDEO)],
  [/\.(docx?|xlsx?|pptx?|od[tsp]|pages|numbers|key)$/i, unreadable(OFFICE)],
  [/\.(zip|gz|tgz|tar|7z|rar|xz|zst|exe|dll|dmg|iso|jar|apk|bin|so|wasm|woff2?|ttf)$/i, unreadable(NO_TEXT)],
];

const SAYS_NOTHING: ReadonlySet<string> = new Set(['', 'application/octet-stream', '*/*']);

const plainType = (mediaType: string): string => mediaType.replace(/;.*$/s, '').trim().toLowerCase();

/** What a file seems to be. Pure. */
export function guess({ mediaType, name }: Attachment): Guess {
  const type = mediaType === undefined ? '' : plainType(mediaType);
  const byName = BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
  // A code file that a platform takes for a video (`.ts`) is text.
  if (byName?.kind === 'text') return byName;
  if (SAYS_NOTHING.has(type)) return byName ?? { kind: 'unknown' };
  return BY_TYPE.find(([pattern]) => pattern.test(type))?.[1] ?? byName ?? unreadable(NO_TEXT);
}

const MAGIC: readonly { readonly at: number; readonly bytes: string; readonly found: Found }[] = [
  { at: 0, bytes: '\x89PNG\r\n\x1A\n', found: { kind: 'image', mediaType: 'image/png' } },
  { at: 0, bytes: '\xFF\xD8\xFF', found: { kind: 'image', mediaType: 'image/jpeg' } },
  { at: 0, bytes: 'GIF87a', found: { kind: 'image', mediaType: 'image/gif' } },
  { at: 0, bytes: 'GIF89a', found: { kind: 'image', mediaType: 'image/gif' } },
  { at: 8, bytes: 'WEBP', found: { kind: 'image', mediaType: 'image/webp' } },
  { at: 0, bytes: '%PDF-', found: { kind: 'document', mediaType: 'application/pdf' } },
  { at: 8, bytes: 'WAVE', found: { kind: 'recording', mediaType: 'audio/wav', ending: 'wav' } },
  { at: 0, bytes: 'OggS', found: { kind: 'recording', mediaType: 'audio/ogg', ending: 'ogg' } },
  { at: 0, bytes: 'fLaC', found: { kind: 'recording', mediaType: 'audio/flac', ending: 'flac' } },
  { at: 0, bytes: 'ID3', found: { kind: 'recording', mediaType: 'audio/mpeg', ending: 'mp3' } },
  { at: 4, bytes: 'ftyp', found: { kind: 'recording', mediaType: 'audio/mp4', ending: 'm4a' } },
  { at: 0, bytes: '\x1A\x45\xDF\xA3', found: { kind: 'recording', mediaType: 'audio/webm', ending: 'webm' } },
];

/** An MPEG audio frame without a tag before it: eleven bits that are set, of layer III. */
const MP3: Found = { kind: 'recording', mediaType: 'audio/mpeg', ending: 'mp3' };

/** Still images in the container that recordings have too. */
const PICTURE_BRANDS = /^(heic|heix|hevc|mif1|msf1|avif|avis)/;

/**
 * What a file is, by its first bytes and never by its name.
 * @returns undefined for what is neither known nor text.
 */
export function sniff(bytes: Uint8Array): Found | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 64)).toString('latin1');
  const known = MAGIC.find(({ at, bytes }) => head.startsWith(bytes, at));
  if (known !== undefined) {
    if (known.bytes === 'ftyp' && PICTURE_BRANDS.test(head.slice(8))) return undefined;
    return known.at === 8 && !head.startsWith('RIFF') ? undefined : known.found;
  }
  if (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe6) === 0xe2) return MP3;
  return isText(bytes) ? { kind: 'text', mediaType: 'text/plain' } : undefined;
}

/** Bytes that are looked at for whether a file is text. */
const SAMPLE = 8_192;

/** A control character that no text has: any but tab, line ends, form feed and escape. */
const isUntextual = (byte: number): boolean => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b);

/** Text in UTF-16 says so at its start; any other text has next to no control characters. */
function isText(bytes: Uint8Array): boolean {
  if (wideEncodingOf(bytes) !== undefined) return true;
  const sample = bytes.subarray(0, SAMPLE);
  return sample.filter(isUntextual).length <= sample.length / 500;
}

function wideEncodingOf([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

/** A text whose end may have been cut off within a character. */
export function textOf(bytes: Uint8Array): string {
  const decoder = new TextDecoder(wideEncodingOf(bytes) ?? 'utf-8');
  return decoder.decode(bytes, { stream: true }).replaceAll('\u0000', '');
}
