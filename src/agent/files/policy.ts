/** What a file can be for a model; of each kind there is a largest size. */
export type Kind = 'text' | 'image' | 'document' | 'recording';

const KIB = 1024;
const MIB = 1024 * KIB;

/** What a turn takes in of files. Numbers of bytes, unless they say otherwise. */
export const FILE_POLICY = {
  /** Files of the question that are read. */
  mostFiles: 10,
  /** Files from earlier in the conversation that stay visible: the newest. */
  mostEarlier: 4,
  /** Of all that one turn fetches. */
  mostBytes: 32 * MIB,
  /** As large a file is taken to be whose platform does not tell its size, until it is there. */
  usualBytes: 2 * MIB,
  /** Of one file. A longer text is cut, everything else is refused whole. */
  mostOf: {
    text: 64 * KIB,
    /** Anthropic takes 5 MB of base64 an image, which is three quarters of it in bytes; OpenAI takes more. */
    image: 3.75 * MIB,
    document: 16 * MIB,
    /** What OpenAI takes in one request: 25 MiB. */
    recording: 25 * MIB,
  },
  /** Anthropic refuses an image with a longer side than 8,000 pixels. */
  mostPixels: 8_000,
  /** Of all images that are shown in one request: Anthropic takes 32 MB, base64 makes four bytes of three, and there is text. */
  mostImageBytes: 20 * MIB,
  /** Characters of all texts that a turn is given, some 50,000 tokens. */
  mostCharacters: 200_000,
  /** Of files that one process holds at once, in all its turns; others wait. Some turns answer for hours. */
  mostHeld: 256 * MIB,
  /** Milliseconds for all files of a turn together: what is not there by then is answered without. */
  withinMs: 90_000,
  document: {
    mostPages: 200,
    mostCharacters: 150_000,
    /** Milliseconds. */
    withinMs: 20_000,
    /** Of the process that reads one: it is ended when it holds more. An idle one holds some 80 MiB. */
    mostMemory: 512 * MIB,
    /** Processes at once. */
    atOnce: 2,
  },
} as const;

/** A number of bytes, for people. */
export function sizeOf(bytes: number): string {
  if (bytes < KIB) return `${bytes} bytes`;
  return bytes < MIB ? `${Math.round(bytes / KIB)} KB` : `${Math.round((bytes / MIB) * 100) / 100} MB`;
}
